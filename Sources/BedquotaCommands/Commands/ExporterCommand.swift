import ArgumentParser
import Bedquota
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

  @OptionGroup var watching: WatchOptions

  @OptionGroup var listening: ListenOptions

  @Option(
    help: ArgumentHelp(
      "Write the metrics to a file after each reading, for node_exporter, instead of listening; its name ends in .prom.",
      valueName: "file"), completion: .file(extensions: ["prom"]))
  var textfile: String?

  @Flag(help: "Read once, print the metrics or write the file, and end. Counters are left out.")
  var once = false

  func validate() throws {
    try watching.validate(with: global)
    if let textfile, !textfile.hasSuffix(".prom") {
      throw ValidationError("--textfile takes a name that ends in .prom, because node_exporter reads no other.")
    }
    if let name = textfile?.split(separator: "/").last, name.hasPrefix(".") {
      throw ValidationError("--textfile takes a name that doesn't begin with a dot, because node_exporter reads no other.")
    }
    if textfile != nil || once, listening.areGiven {
      throw ValidationError("--port and --host are for a server; --textfile and --once have none.")
    }
    if global.output != .table { throw ValidationError("exporter prints metrics; --output can't be combined with it.") }
  }

  func run() async throws {
    let places = try watching.watch(global)
    let server = WatchServer(
      places.watch, host: listening.address, port: listening.port ?? 9_464, access: .everybody, logger: global.serverLogger)
    if once { return try await places.readOnce { try await write(server.families(isOnce: true)) } }
    guard let textfile else { return try await server.run(with: places, console: global.console) }
    // A file that can never be written is told before anything is read.
    _ = try await OutputFile(textfile, global.console)
    try await places.run(beside: WatchLog(places.watch, global.console)) { try await writeAgainAndAgain(server, places.watch) }
  }

  /// Writes the file after each reading. A disk that is full may have room again, so a failure is told once and ends nothing.
  private func writeAgainAndAgain(_ server: WatchServer, _ watch: UsageWatch) async throws {
    var told: String?
    for await _ in watch.updates() where watch.current.isRead {
      do {
        try await write(server.families(isOnce: false))
        told = nil
      } catch let error as BedquotaError {
        if told != error.message { Console.printError("bedquota: \(error.message)") }
        told = error.message
      }
    }
  }

  private func write(_ families: MetricFamilies) async throws {
    let text = Exposition.text(families, .prometheus)
    guard let textfile else { return global.console.print(text) }
    // node_exporter runs as another user.
    try await OutputFile(textfile, global.console, isPrivate: false).write(text)
  }
}
