public import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation

/// `bedquota` itself: the list of commands, and how a failure of any of them ends.
public struct BedquotaCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "bedquota",
    abstract: "Discover the Amazon Bedrock quotas of an AWS account, what binds a model, and how much of it is used.",
    discussion:
      "Every command runs against AWS, any endpoint, or with --emulator against a built-in account that needs no credentials.\n\nEXAMPLE: bedquota demo",
    version: ProgramVersion.text,
    subcommands: [
      ListCommand.self, ResolveCommand.self, ModelsCommand.self, RoutesCommand.self, CapacityCommand.self, UsageCommand.self,
      DashboardCommand.self,
      CheckCommand.self, AlarmsCommand.self, IncreaseCommand.self, ProbeCommand.self, InvokeCommand.self, RunCommand.self,
      MergeCommand.self,
      RecordCommand.self, WhoamiCommand.self, DoctorCommand.self, FactsCommand.self, IAMPolicyCommand.self, GatewayCommand.self,
      FleetCommand.self,
      ExporterCommand.self, ServeCommand.self, TopCommand.self,
      EmulateCommand.self, DemoCommand.self,
    ])

  public init() {}

  /// Parses the arguments, runs the command, and ends the process: 0 done, 1 failed, 64 bad usage, 130, 143 or 129 interrupted
  /// (Ctrl-C, SIGTERM, SIGHUP). `check` ends as a monitoring plugin: 0 OK, 1 warning, 2 critical, 3 unknown or failed.
  public static func start() async -> Never {
    StandardStreams.fillGaps()
    // A closed pipe must show as a failed write, at which Console exits quietly; NIO ignores the signal as well.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT) { _ in _exit(130) }
    var parsed: (any ParsableCommand)?
    let arguments = CommandArguments.joiningNegativeNumbers(Array(CommandLine.arguments.dropFirst()))
    do {
      try CommandArguments.validate()
      if arguments.first == "help", let message = UsageMessage(arguments: arguments).aboutHelp { throw ValidationError(message) }
      var command = try parseAsRoot(arguments)
      parsed = command
      if var asynchronous = command as? any AsyncParsableCommand {
        // Parses the facts while the command reads its settings: nearly every command needs them.
        Task.detached { _ = Facts.builtIn }
        try await asynchronous.run()
      } else {
        try command.run()
      }
      // Everything is written and closed; running a thousand destructors would only take time.
      _exit(0)
    } catch is CancellationError {
      Foundation.exit(130)
    } catch {
      end(error, of: parsed, arguments)
    }
  }

  /// Prints what an error says, and ends the process with its code.
  /// - Parameter command: the command that failed; nil if the arguments name none.
  private static func end(_ error: any Error, of command: (any ParsableCommand)?, _ arguments: [String]) -> Never {
    if let failure = Failure(error) { fail(failure.text(for: command ?? BedquotaCommand())) }
    let code = TerminalWidth.withRoomForHelp { exitCode(for: error) }
    // Help and the version go to stdout.
    if code == .success {
      let width = TerminalWidth.of(STDOUT_FILENO)
      let text = fullMessage(for: error, columns: TerminalWidth.ofHelp(width))
      // Not a script for a shell's completions.
      let isHelp = text.hasPrefix("OVERVIEW:")
      if !text.isEmpty { Console.write((isHelp ? Console.wrapped(text, to: width) : text) + "\n", to: STDOUT_FILENO) }
      Foundation.exit(0)
    }
    let width = TerminalWidth.ofHelp(TerminalWidth.of(STDERR_FILENO))
    var message = CommandArguments.printable(in: fullMessage(for: error, columns: width))
    if let command, let error = error as? ValidationError {
      // The parser would give the usage of the root.
      let (name, usage) = (CommandTree.path(of: type(of: command)), usageString(for: type(of: command)))
      message = "Error: \(error.message)\nUsage: \(usage)\n  See 'bedquota \(name) --help' for more information."
    } else if command != nil, !(error is ExitCode) {
      fail("Something failed that should not: \(error).")
    } else if message.hasPrefix("Error: ") {
      message = UsageMessage(arguments: arguments).improved(message)
    }
    if MonitoringPlugin.isRunning, !(error is ExitCode) {
      MonitoringPlugin.printFailure(CommandArguments.printable(in: Self.message(for: error)))
      Console.printErrors(message)
      Foundation.exit(MonitoringPlugin.failureCode)
    }
    if !message.isEmpty { Console.printErrors(message) }
    Foundation.exit(code.rawValue)
  }

  private static func fail(_ message: String) -> Never {
    MonitoringPlugin.printFailure(message)
    Console.printError("bedquota: \(message)")
    Foundation.exit(MonitoringPlugin.failureCode)
  }
}
