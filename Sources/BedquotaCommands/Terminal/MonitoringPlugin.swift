import ArgumentParser
import Bedquota
import Foundation
import Reports

/// `check` as a monitoring system runs it: where the command itself has no say, for example because its options are wrong, the
/// process still answers in one line on stdout and exits with 3, which means unknown.
enum MonitoringPlugin {
  /// Whether this process is one.
  static let isRunning = isRunning(CommandLine.arguments)

  /// The exit code of a failure: every other command has 1.
  static var failureCode: Int32 { isRunning ? QuotaCheck.Status.unknown.exitCode : 1 }

  /// Whether arguments, the program's name first, run `check`.
  static func isRunning(_ arguments: [String]) -> Bool {
    arguments.dropFirst().first == CheckCommand.configuration.commandName
  }

  /// Prints the answer of a check that failed; nothing where another format was asked for, which has no place for it.
  static func printFailure(_ message: String, arguments: [String] = CommandLine.arguments) {
    guard isRunning(arguments), printsLines(arguments) else { return }
    Console.write(CheckView.failure(message) + "\n", to: STDOUT_FILENO)
  }

  /// Whether the output is text. The arguments are searched because they may be the reason for the failure.
  static func printsLines(_ arguments: [String]) -> Bool {
    let option = "--output"
    let formats = zip(arguments, arguments.dropFirst()).filter { $0.0 == option }.map(\.1)
    let joined = arguments.filter { $0.hasPrefix("\(option)=") }.map { String($0.dropFirst(option.count + 1)) }
    return (formats + joined).allSatisfy { $0 == OutputFormat.table.rawValue || OutputFormat(rawValue: $0) == nil }
  }
}
