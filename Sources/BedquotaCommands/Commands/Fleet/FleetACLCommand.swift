import ArgumentParser
import FleetNetwork
import FleetStore
import Foundation

struct FleetACLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acl",
    abstract: "Print the least rights that a fleet's user of Redis or Valkey needs.",
    discussion: """
      Replace PASSWORD by the user's. It asks nobody and changes nothing.

      EXAMPLE: bedquota fleet acl --prefix team
      """)

  @Option(help: ArgumentHelp("The ?prefix= of the fleet's address.", valueName: "text"))
  var prefix = ""

  @Flag(help: "For a server with the function that bedquota fleet function prints, instead of scripts.")
  var function = false

  func run() {
    let scripts: Set<String> = ["+eval", "+evalsha"]
    let commands = function ? ["+fcall"] + SyncScript.commands.filter { !scripts.contains($0) } : SyncScript.commands
    let rules =
      ["reset", "on", ">PASSWORD", "~\(FleetName.keysPattern(prefix: prefix))", "-@all"] + commands + ["+scan", "+info"]
    Console.write("ACL SETUSER bedquota \(rules.joined(separator: " "))\n", to: STDOUT_FILENO)
  }
}

struct FleetFunctionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "function",
    abstract: "Print the library for servers that take no scripts from users.",
    discussion: """
      An administrator loads it once, and again after an update of bedquota. It asks nobody and changes nothing.

      EXAMPLE: bedquota fleet function | redis-cli -x FUNCTION LOAD REPLACE
      """)

  func run() { Console.write(SyncScript.library, to: STDOUT_FILENO) }
}
