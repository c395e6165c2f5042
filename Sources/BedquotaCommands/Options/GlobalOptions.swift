import AWSWire
import ArgumentParser
import BedrockQuotas
import Foundation
import Logging
import Reports

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("AWS profile. (default: AWS_PROFILE, else default)", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("AWS Region. (default: AWS_REGION, else the profile's)", valueName: "name"))
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

  @Option(
    help: ArgumentHelp(
      "Timeout for one AWS request, 60 by default, and for the silence of a model, 300 by default.", valueName: "seconds"))
  var timeout: Double?

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
    if let timeout, !(timeout.isFinite && timeout > 0 && timeout <= 86_400) {
      throw ValidationError("--timeout takes seconds, from above 0 to 86400.")
    }
  }

  var environment: [String: String] { ProcessInfo.processInfo.environment }
  var console: Console { Console(isQuiet: quiet, isVerbose: verbose, noColor: noColor, environment: environment) }

  var logger: Logger {
    var logger = Logger(label: "bedquota") { label in StreamLogHandler.standardError(label: label) }
    logger.logLevel = verbose ? .debug : .error
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

  /// Asks the user to confirm an action that costs money. With an emulator it doesn't ask, because nothing costs money.
  /// - Parameter yes: whether the user has agreed already.
  /// - Throws: `ValidationError` without a terminal to ask on.
  func confirms(_ yes: Bool) throws -> Bool {
    if yes || emulator { return true }
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError(
        "This costs money and there is no terminal to confirm on; pass --yes, or --dry-run to see the plan only.")
    }
    Console.standardError("Continue? [y/N] ")
    let answer = readLine()
    // After Ctrl-D, the cursor still stands behind the question.
    if answer == nil { Console.standardError("\n") }
    if ["y", "yes"].contains(answer?.trimmingCharacters(in: .whitespaces).lowercased()) { return true }
    Console.printError("Nothing was sent.")
    return false
  }

  /// Refuses the forms of a table, for commands that print none.
  func requireTableOrJSON(_ command: String) throws {
    guard output == .table || output == .json else {
      throw ValidationError("--output \(output.rawValue) is for tables, and \(command) prints none: it takes table or json.")
    }
  }
}
