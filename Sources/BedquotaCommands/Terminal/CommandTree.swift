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

  /// The commands that do something, with the words that name them: `list`, `alarms plan`.
  var leaves: [(name: String, command: Command)] {
    commands.flatMap { command in
      let children = (command.subcommands ?? []).filter { $0.commandName != "help" }
      return children.isEmpty
        ? [(command.commandName, command)] : children.map { ("\(command.commandName) \($0.commandName)", $0) }
    }
  }

  func command(named name: String) -> Command? { commands.first { $0.commandName == name } }

  /// The command or subcommand that arguments name, with the words that name it; nil if they name none.
  /// - Parameter arguments: those of the process, without the program's name.
  func command(in arguments: [String]) -> (name: String, command: Command)? {
    let words = arguments.filter { !$0.hasPrefix("-") && $0 != "help" }
    guard let first = words.first, let command = command(named: first) else { return nil }
    let second = words.dropFirst().first.flatMap { word in command.subcommands?.first { $0.commandName == word } }
    return second.map { ("\(first) \($0.commandName)", $0) } ?? (first, command)
  }

  /// The words that name a command, without the program's: `alarms plan`.
  static func path(of command: any ParsableCommand.Type) -> String {
    func path(from root: any ParsableCommand.Type) -> [String]? {
      if ObjectIdentifier(root) == ObjectIdentifier(command) { return [] }
      for child in root.configuration.subcommands {
        if let rest = path(from: child) { return [child._commandName] + rest }
      }
      return nil
    }
    return path(from: BedquotaCommand.self)?.joined(separator: " ") ?? ""
  }

  /// - Throws: an error of decoding, if the parser's description has changed its form.
  static func of(_ root: any ParsableCommand.Type) throws -> CommandTree {
    try JSONDecoder().decode(CommandTree.self, from: Data(root._dumpHelp().utf8))
  }
}
