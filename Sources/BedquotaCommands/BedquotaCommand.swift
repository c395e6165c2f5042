import AWSClient
import AWSWire
import AdmissionControl
public import ArgumentParser
import Bedquota
import BedrockEmulator
import Foundation

/// `bedquota` itself: the list of commands, and how a failure of any of them ends.
public struct BedquotaCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "bedquota",
    abstract: "Discover the Amazon Bedrock quotas of an AWS account, what binds a model, and how much of it is used.",
    discussion:
      "Every command runs against AWS, any endpoint, or with --emulator against a built-in account that needs no credentials.\n\nEXAMPLE: bedquota demo",
    version: "0.1.0",
    subcommands: [
      ListCommand.self, ResolveCommand.self, ModelsCommand.self, CapacityCommand.self, UsageCommand.self, DashboardCommand.self,
      CheckCommand.self, ProbeCommand.self, InvokeCommand.self, RunCommand.self, RecordCommand.self, EmulateCommand.self,
      DemoCommand.self,
    ])

  public init() {}

  /// Parses the arguments, runs the command, and ends the process: 0 done, 1 failed, 64 bad usage, 130 interrupted.
  public static func start() async -> Never {
    // A closed pipe must show as a failed write, which Console ends quietly on; NIO ignores the signal as well.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT) { _ in _exit(130) }
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      // Nothing is buffered and nothing left to close, so nobody need wait for a thousand destructors.
      _exit(0)
    } catch let error as AWSClientError {
      fail([error.message, error.remedy?.sentence].compactMap(\.self).joined(separator: " "))
    } catch let error as BedquotaError {
      fail(error.message)
    } catch let error as Refusal {
      fail(error.description)
    } catch let error as EmulatorError {
      fail(error.message)
    } catch is CancellationError {
      Foundation.exit(130)
    } catch let error as CocoaError {
      let path = (error.userInfo[NSFilePathErrorKey] as? String).map { "\($0): " } ?? ""
      fail("\(path)\(error.localizedDescription)")
    } catch {
      exit(withError: error)
    }
  }

  private static func fail(_ message: String) -> Never {
    Console.complain("bedquota: \(message)")
    Foundation.exit(1)
  }
}
