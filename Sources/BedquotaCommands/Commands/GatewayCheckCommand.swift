import ArgumentParser
import Foundation
import Gateway

struct GatewayCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a configuration file of the gateway, and name every problem with its line.",
    discussion: """
      It reads the file and the secrets that it refers to, as the gateway does when it starts, and calls nothing. It ends with 1 if \
      something is wrong.

      EXAMPLE: bedquota gateway check gateway.yaml
      """)

  @Argument(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var file: String

  func run() throws {
    let configuration: GatewayConfiguration
    do throws(ConfigurationProblems) {
      configuration = try GatewayConfiguration(file: file, secrets: .process)
    } catch {
      Console.printErrors(error.lines.map { $0 + "\n" }.joined())
      throw ExitCode.failure
    }
    Console.write(
      Console.wrapped("\(file) is valid: \(configuration.summary)\n", to: TerminalWidth.of(STDOUT_FILENO)), to: STDOUT_FILENO)
  }
}
