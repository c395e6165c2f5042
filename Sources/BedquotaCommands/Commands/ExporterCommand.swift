import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Gateway
import Logging
import Reports

struct ExporterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exporter",
    abstract: "Export limits and use of Bedrock's quotas to Prometheus, over several Regions and accounts.",
    discussion: """
      Reads CloudWatch once an interval, however often it is scraped, and the quotas once an hour. Prints its URL when it listens, and on \
      stderr what the reading costs. /metrics speaks Prometheus' text format and OpenMetrics; docs/prometheus.md lists the metrics.

      Counters begin with 0 at each start, and count what CloudWatch shows from then on. Ids without traffic for an hour have no gauges.

      Everybody who reaches the port can read the metrics: they name accounts, models and quotas, and nothing secret.
      \(CommandPermissions.help("exporter"))

      EXAMPLE: bedquota exporter --emulator --once
               bedquota exporter --regions us-east-1,eu-west-1 --interval 120
               bedquota exporter --textfile /var/lib/node_exporter/bedquota.prom
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("The port; 0 picks a free one.", valueName: "n"))
  var port = 9_464

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "host"))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp(
      "Write the metrics to a file after each reading, for node_exporter, instead of listening; its name ends in .prom.",
      valueName: "file"), completion: .file(extensions: ["prom"]))
  var textfile: String?

  @Flag(help: "Read once, print the metrics or write the file, and end. Counters are left out.")
  var once = false

  @OptionGroup var watching: WatchOptions

  func validate() throws {
    _ = try global.ids(ids)
    try watching.places.validate(with: global)
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
    if let textfile, !textfile.hasSuffix(".prom") {
      throw ValidationError("--textfile takes a name that ends in .prom, because node_exporter reads no other.")
    }
    if global.output != .table { throw ValidationError("exporter prints metrics; --output can't be combined with it.") }
  }

  func run() async throws {
    let console = global.console
    let ids = try global.ids(ids)
    let watch = UsageWatch(
      .init(
        ids: ids.isEmpty ? nil : ids, endpoint: watching.endpoints.endpoint, facts: try global.facts(),
        interval: .seconds(watching.interval)))
    let places = PlaceWatch(watch, global, watching.places)
    var logger = Logger(label: "bedquota.exporter") { _ in ServerLogHandler() }
    logger.logLevel = global.verbose ? .debug : global.quiet ? .error : .notice
    let server = WatchServer(watch, host: host, port: port, operators: nil, logger: logger)
    guard !once else { return try await readOnce(places, server) }
    if textfile == nil {
      // Until the server handles these signals, they end the process with success as they do later.
      signal(SIGINT) { _ in _exit(0) }
      signal(SIGTERM) { _ in _exit(0) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await places.run() }
      group.addTask { await WatchLog(watch, console).run() }
      if let textfile {
        group.addTask { try await write(textfile, watch, server) }
      } else {
        group.addTask { try await server.run { url in console.print("\(url)/metrics") } }
      }
      // The places end only if none can be read, the server only by a signal.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func readOnce(_ places: PlaceWatch, _ server: WatchServer) async throws {
    try await ProgressLine.with(global.console, "Reading CloudWatch …") { _ in try await places.run(onlyOnce: true) }
    let state = places.watch.current
    for place in state.places {
      if let problem = place.problem { Console.printError("bedquota: \(place.place.words): \(problem)") }
    }
    let text = Exposition.text(server.families(hasCounters: false), .prometheus)
    if let textfile { try await OutputFile(textfile, global.console).write(text) } else { global.console.print(text) }
    if !state.places.contains(where: { $0.readAt != nil }) { throw ExitCode(1) }
  }

  private func write(_ textfile: String, _ watch: UsageWatch, _ server: WatchServer) async throws {
    for await _ in watch.updates() where watch.current.isRead {
      try await OutputFile(textfile, global.console).write(Exposition.text(server.families(), .prometheus))
    }
  }
}
