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
      Prints its URL when it is ready, and on stderr what to export so that boto3, Claude Code and the openai package use it. Requests \
      wait until the account's quotas have room for them, no longer than their clients do, and callers share what there is.
      No configuration is needed: it takes credentials and Region like every other command, and lets in every program of this machine. \
      A file gives it keys, shares, priorities and budgets; see docs/gateway-configuration.md.
      SIGTERM and Ctrl-C finish what has begun; a second signal ends at once. SIGHUP reads the file again.

      EXAMPLE: bedquota gateway --emulator
      EXAMPLE: bedquota gateway --config gateway.yaml
      """,
    subcommands: [GatewayKeyCommand.self, GatewayCheckCommand.self])

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("The configuration, a YAML file. (default: none)", valueName: "file"), completion: .file())
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The address to listen on; port 0 picks a free one. (default: the file's, else 127.0.0.1:4000)", valueName: "host:port"))
  var listen: String?

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
    var logger = Logger(label: "bedquota.gateway") { label in
      ConsoleLogHandler(others: StreamLogHandler.standardError(label: label))
    }
    logger.logLevel = global.verbose ? .debug : global.quiet ? .error : .notice
    let address = listen.flatMap { ListenAddress($0) }
    let file = try config.map { try ConfigurationFile($0, listen: address, secrets: .process, logger: logger) }
    let configuration = try file?.current ?? GatewayConfiguration(listen: address, secrets: .process)
    // Its own ends are in GatewayServer; until then a signal ends the process as usual.
    try await global.withSession { [configuration, logger] session in
      let server = GatewayServer(configuration, file: file, session: session, logger: logger)
      try await server.run { started in
        for line in Self.exports(started) { console.note(line) }
        if let url = started.adminURL { console.note("/metrics and /status are at \(url)") }
        console.print(started.url)
      }
    }
  }

  /// What users paste to aim their programs at the gateway.
  static func exports(_ started: GatewayServer.Started) -> [String] {
    let url = started.url
    return [
      "Serving Bedrock in \(started.region); Ctrl-C stops",
      "export AWS_ENDPOINT_URL_BEDROCK_RUNTIME=\(url)        # boto3, the AWS CLI, LangChain, every AWS SDK",
      "export ANTHROPIC_BEDROCK_BASE_URL=\(url)              # Claude Code and AnthropicBedrock",
      "export OPENAI_BASE_URL=\(url)/v1 OPENAI_API_KEY=\(started.isOpen ? "any" : "KEY")      # the openai package",
    ]
  }
}
