import AWSClient
import AWSWire
import ArgumentParser
import BedrockQuotas
import Foundation
import Logging
import Reports

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("AWS profile. (default: AWS_PROFILE, else default)", valueName: "name"),
    completion: .custom { _, _, _ in AWSConfiguration.profileNames() })
  var profile: String?

  @Option(
    help: ArgumentHelp("AWS Region. (default: AWS_REGION, else the profile's)", valueName: "name"),
    completion: .custom { _, _, _ in Self.regions })
  var region: String?

  @Option(name: .customLong("endpoint-url"), help: ArgumentHelp("One URL for all AWS services.", valueName: "url"))
  var endpointURL: String?

  @Flag(help: "Run against an emulator inside this process: no AWS account, no credentials.")
  var emulator = false

  @Option(
    help: ArgumentHelp("With --emulator: the recorded account to serve. (default: a built-in one)", valueName: "dir"),
    completion: .directory)
  var account: String?

  @Option(help: ArgumentHelp("How to print the result.", valueName: "format"))
  var output: OutputFormat = .table

  @Flag(help: "Print each row of a table on one line, however wide it is.")
  var wide = false

  @Option(
    name: .customLong("ca-bundle"),
    help: ArgumentHelp(
      "PEM file of the certificates to trust. (default: AWS_CA_BUNDLE, else the profile's, else the system's)", valueName: "file"),
    completion: .file())
  var caBundle: String?

  @Option(
    name: [.customLong("timeout"), .customLong("cli-read-timeout")],
    help: ArgumentHelp(
      "Timeout for one AWS request, 60 by default, and for the silence of a model, 300 by default.", valueName: "seconds"))
  var timeout: Double?

  @Option(
    name: [.customLong("connect-timeout"), .customLong("cli-connect-timeout")],
    help: ArgumentHelp("Timeout for a connection, with proxy and TLS; 10 by default.", valueName: "seconds"))
  var connectTimeout: Double?

  /// An option of the AWS CLI, which is refused with what to do instead.
  @Flag(name: .customLong("no-verify-ssl"), help: .hidden)
  var noVerifySSL = false

  @Flag(name: .customLong("no-color"), help: "Print without colors, as with NO_COLOR or into a pipe.")
  var noColor = false

  @Flag(help: "Print only errors to stderr.")
  var quiet = false

  @Flag(help: "Print a line to stderr for each AWS call, and for each place that is asked for credentials.")
  var verbose = false

  mutating func validate() throws {
    if account != nil, !emulator { throw ValidationError("--account needs --emulator.") }
    if emulator, endpointURL != nil || profile != nil {
      throw ValidationError("--emulator can't be combined with --profile or --endpoint-url.")
    }
    for (option, value) in [("--timeout", timeout), ("--connect-timeout", connectTimeout)] {
      if let value, !(value.isFinite && value > 0 && value <= 86_400) {
        throw ValidationError("\(option) takes seconds, from above 0 to 86400.")
      }
    }
    if noVerifySSL {
      throw ValidationError(
        "--no-verify-ssl isn't supported: whoever answered could read your prompts and replies. Trust your network's authority with --ca-bundle FILE."
      )
    }
  }

  /// Every Region that is known to have Bedrock.
  private static var regions: [String] { Facts.builtIn.regions.values.flatMap(\.self).sorted() }

  var environment: [String: String] { ProcessInfo.processInfo.environment }
  var console: Console { Console(isQuiet: quiet, isVerbose: verbose, noColor: noColor, environment: environment) }

  var logger: Logger {
    var logger = Logger(label: "bedquota") { label in
      ConsoleLogHandler(others: StreamLogHandler.standardError(label: label))
    }
    logger.logLevel = verbose ? .debug : quiet ? .error : .warning
    return logger
  }

  /// For a command that serves until a signal ends it.
  var serverLogger: Logger {
    var logger = Logger(label: "bedquota.server") { _ in ServerLogHandler() }
    logger.logLevel = verbose ? .debug : quiet ? .error : .notice
    return logger
  }

  /// The dated facts: the built-in ones, or the file that `BEDQUOTA_FACTS` names.
  func facts() throws -> Facts {
    guard let path = environment["BEDQUOTA_FACTS"], !path.isEmpty else { return .builtIn }
    do {
      return try Facts(json: Data(contentsOf: URL(filePath: path)))
    } catch {
      throw AWSClientError(
        .configuration,
        "BEDQUOTA_FACTS: \(path) can't be read as a facts file; start from the built-in one, Sources/BedrockQuotas/Resources/facts.json.",
        underlying: error)
    }
  }

  /// Asks the user to confirm an action. With an emulator it doesn't ask, because nothing costs money and nothing stays.
  /// - Parameters:
  ///   - yes: whether the user has agreed already.
  ///   - what: what the action does, as the start of a sentence.
  ///   - seeing: how to see more without it; nil if everything is seen.
  ///   - refusal: what to say if the user doesn't agree.
  /// - Throws: `ValidationError` without a terminal to ask on.
  func confirms(
    _ yes: Bool, _ what: String = "This costs money", seeing: String? = "--dry-run to see the plan only",
    refusal: String = "Nothing was sent."
  ) throws -> Bool {
    if yes || emulator { return true }
    guard isatty(STDIN_FILENO) == 1 else {
      let choices = ["pass --yes", seeing].compactMap(\.self).joined(separator: ", or ")
      throw ValidationError("\(what) and there is no terminal to confirm on; \(choices).")
    }
    Console.standardError("Continue? [y/N] ")
    let answer = readLine()
    // After Ctrl-D, the cursor still stands behind the question.
    if answer == nil { Console.standardError("\n") }
    if ["y", "yes"].contains(answer?.trimmingCharacters(in: .whitespaces).lowercased()) { return true }
    Console.printError(refusal)
    return false
  }

  /// Refuses the forms of a table, for commands that print none.
  func requireTableOrJSON(_ command: String) throws { try output.requireTableOrJSON(command) }
}
