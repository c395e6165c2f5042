import AWSWire
import ArgumentParser
import Bedquota
import Foundation
import Gateway
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

  @OptionGroup var watching: WatchOptions

  @OptionGroup var listening: ListenOptions

  func validate() throws {
    try watching.validate(with: global)
    if global.output != .table { throw ValidationError("serve prints its URL; --output can't be combined with it.") }
    guard Self.secret != nil || LoopbackName.contains(listening.host) else {
      throw ValidationError(
        "--host \(listening.host) can be reached from other machines; put a secret into \(Self.secretVariable).")
    }
  }

  /// The secret of operators; nil: none is set.
  static var secret: String? { ProcessInfo.processInfo.environment[secretVariable].flatMap { $0.isEmpty ? nil : $0 } }

  func run() async throws {
    let places = try watching.watch(global)
    let server = WatchServer(
      places.watch, host: listening.host, port: listening.port ?? 8_080,
      operators: OperatorAccess(secret: Self.secret.map { Secret($0) }), logger: global.serverLogger)
    try await server.run(with: places, console: global.console)
  }
}
