import AWSWire
import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Gateway
import Logging
import Reports

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Serve a live page of quotas and their use, read from CloudWatch. A gateway has such a page of its own, at its address.",
    discussion: """
      Prints its URL when it listens; open it in a browser. The page needs no network but this address, is read only, and works without \
      JavaScript. CloudWatch has figures some minutes late, and doesn't show what requests reserve; a gateway shows both at once.

      It is shown on this machine only. Another --host needs a secret in BEDQUOTA_ADMIN_SECRET, which browsers ask for as a password. \
      /status has the same as JSON, /metrics for Prometheus.
      \(CommandPermissions.help("serve"))

      EXAMPLE: bedquota serve --emulator
               bedquota serve --regions us-east-1,eu-west-1
      """)

  static let secretVariable = "BEDQUOTA_ADMIN_SECRET"

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("Model ids, inference profile ids or ARNs. (default: all with traffic)", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("The port; 0 picks a free one.", valueName: "n"))
  var port = 8_080

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "host"))
  var host = "127.0.0.1"

  @OptionGroup var watching: WatchOptions

  func validate() throws {
    _ = try global.ids(ids)
    try watching.places.validate(with: global)
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
    if global.output != .table { throw ValidationError("serve prints its URL; --output can't be combined with it.") }
  }

  func run() async throws {
    let console = global.console
    let ids = try global.ids(ids)
    let secret = ProcessInfo.processInfo.environment[Self.secretVariable].flatMap { $0.isEmpty ? nil : $0 }
    guard secret != nil || LoopbackName.contains(host) else {
      throw ValidationError("--host \(host) can be reached from other machines; put a secret into \(Self.secretVariable).")
    }
    let watch = UsageWatch(
      .init(
        ids: ids.isEmpty ? nil : ids, endpoint: watching.endpoints.endpoint, facts: try global.facts(),
        interval: .seconds(watching.interval)))
    var logger = Logger(label: "bedquota.serve") { _ in ServerLogHandler() }
    logger.logLevel = global.verbose ? .debug : global.quiet ? .error : .notice
    let server = WatchServer(
      watch, host: host, port: port, operators: OperatorAccess(secret: secret.map { Secret($0) }), logger: logger)
    signal(SIGINT) { _ in _exit(0) }
    signal(SIGTERM) { _ in _exit(0) }
    let places = PlaceWatch(watch, global, watching.places)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await places.run() }
      group.addTask { await WatchLog(watch, console).run() }
      group.addTask { try await server.run { url in console.print(url) } }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
