import ArgumentParser
import Foundation

/// The names of the commands and their options, as the parser describes them.
struct CommandTree: Decodable {
  struct Command: Decodable {
    var commandName: String
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// `region`, without the hyphens.
    var options: [String] { (arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name) }
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }
    var names: [Name]?
  }

  var command: Command

  var commands: [Command] { command.subcommands ?? [] }

  func command(named name: String) -> Command? { commands.first { $0.commandName == name } }

  /// - Throws: an error of decoding, if the parser's description has changed its form.
  static func of(_ root: any ParsableCommand.Type) throws -> CommandTree {
    try JSONDecoder().decode(CommandTree.self, from: Data(root._dumpHelp().utf8))
  }
}
