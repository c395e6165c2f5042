import AWSWire
import ArgumentParser
import Bedquota
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

  @OptionGroup var global: GlobalOptions

  @OptionGroup var watching: WatchOptions

  @OptionGroup var listening: ListenOptions

  func validate() throws {
    try watching.validate(with: global)
    if global.output != .table { throw ValidationError("serve prints its URL; --output can't be combined with it.") }
    guard try AdminSecret.given() != nil || LoopbackName.contains(listening.address) else {
      throw ValidationError(
        "--host \(listening.address) can be reached from other machines; put a secret into \(AdminSecret.variable).")
    }
  }

  func run() async throws {
    let places = try watching.watch(global)
    let server = WatchServer(
      places.watch, host: listening.address, port: listening.port ?? 8_080,
      access: .operators(OperatorAccess(secret: try AdminSecret.given())), logger: global.serverLogger)
    try await server.run(with: places, console: global.console)
  }
}
