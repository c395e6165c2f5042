import AWSWire
import ArgumentParser
import Bedquota
import Foundation
import Gateway
import Logging

struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Serve Bedrock to any SDK at full quota: requests wait for their quota, and nobody is throttled.",
    discussion: """
      Prints its URL when it listens, and on stderr what to export so that boto3, the AWS CLI, Claude Code, LangChain, and the openai and \
      anthropic packages use it. A request waits until the account's quotas have room for it, no longer than its client does; callers \
      share what there is; what AWS says is passed on unchanged. docs/gateway.md has the lines for each client.

      No configuration is needed: it takes credentials and Region like every other command, listens on 127.0.0.1:4000, and lets in every \
      program of this machine. A file gives it keys, shares, priorities and budgets; see docs/gateway-configuration.md.

      It listens before it is ready: /readyz says 200, or what is missing, such as credentials. /status shows pools and callers, /metrics \
      the same for Prometheus, on this machine only or with the admin secret.

      SIGTERM and Ctrl-C finish what has begun; a second signal ends at once. SIGHUP reads the file again. Ends with 0 after a signal, \
      with 1 if it can't start, with 64 for bad usage.

      \(CommandPermissions.help("gateway"))

      EXAMPLE: bedquota gateway --emulator
               bedquota gateway --region us-west-2 --listen 127.0.0.1:8000
               bedquota gateway --config gateway.yaml
      """,
    subcommands: [GatewayKeyCommand.self, GatewayCheckCommand.self])

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("The configuration, a YAML file. (default: none)", valueName: "file"), completion: .file())
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The address to listen on; port 0 picks a free one. (default: the file's, else 127.0.0.1:4000)", valueName: "host:port"))
  var listen: String?

  @OptionGroup var fleet: FleetOptions

  @Flag(name: .customLong("print-config"), help: "Print a configuration with every key, its default and what it does, and end.")
  var printsConfiguration = false

  func validate() throws {
    if let listen, ListenAddress(listen) == nil {
      throw ValidationError("--listen takes an address and a port, such as 127.0.0.1:4000 or [::1]:4000.")
    }
  }

  func run() async throws {
    let console = global.console
    guard !printsConfiguration else { return console.print(GatewayConfiguration.printed) }
    let logger = global.serverLogger
    let address = listen.flatMap { ListenAddress($0) }
    let file = try config.map { try ConfigurationFile($0, listen: address, secrets: .process) }
    let configuration = try file?.current ?? GatewayConfiguration(listen: address, secrets: .process)
    let isEmulated = global.emulator
    var global = global
    // The first Region of the file is the default one, whatever the environment says.
    if global.region == nil { global.region = configuration.accounts.first?.regions.first }
    // Its own ends are in GatewayServer; until then a signal ends the process as usual.
    let fleet = try fleet.settings(of: ProcessInfo.processInfo.environment)
    // The gateway has metrics of its own, which count what the library's would count again.
    try await OpenTelemetry.exporting(
      environment: global.environment, serviceName: "bedquota-gateway", setsUpMetrics: false, logger: logger
    ) { [configuration, logger, global] exporter in
      try await global.withSession { session in
        let region = try session.client.configuration.requireRegion()
        try configuration.check(home: region)
        let server = GatewayServer(
          configuration, file: file, fleet: fleet, session: session, logger: logger, exporter: exporter)
        try await ServerProcess.with { tell in
          try await server.run { started in
            console.note(lines: GatewayWelcome(started, isEmulated: isEmulated, config: file?.path).text)
            if let url = started.adminURL { console.note("/metrics and /status are at \(url)") }
            console.print(started.url)
            tell(.ready)
          } onEnding: {
            tell(.stopping)
          }
        }
      }
    }
  }
}
