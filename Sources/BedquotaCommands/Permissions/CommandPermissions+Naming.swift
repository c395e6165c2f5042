import AWSWire
import ArgumentParser
import Reports

extension CommandPermissions {
  /// The rows of the table that commands need: those that are named, else all that only read. The words of a command may be one
  /// argument or two.
  /// - Throws: `ValidationError` for a command that doesn't exist or needs no permission.
  static func rows(named commands: [String]) throws -> [CommandPermissions] {
    guard !commands.isEmpty else { return table.filter { !$0.changes } }
    let known = try CommandTree.of(BedquotaCommand.self)
    var rows: [CommandPermissions] = []
    var rest = commands[...]
    while let word = rest.popFirst() {
      if let row = rest.first.flatMap({ of("\(word) \($0)") }) {
        rest = rest.dropFirst()
        rows.append(row)
        continue
      }
      if let named = known.command(in: [word] + rest.prefix(1)), named.name != word {
        throw ValidationError("\(named.name) needs no permission in AWS.")
      }
      let found = table.filter { $0.command == word || $0.command.hasPrefix("\(word) ") }
      guard found.isEmpty else {
        rows += found
        continue
      }
      guard known.command(named: word) == nil else { throw ValidationError("\(word) needs no permission in AWS.") }
      let names = table.flatMap { [$0.command.prefix { $0 != " " }.description, $0.command] }
      let near = Suggestion.command(for: word, among: names)
      throw ValidationError("There is no command '\(word.shortened())'\(near.map { ". Did you mean '\($0)'?" } ?? ".")")
    }
    return rows
  }

  /// Whether the command invokes models or changes the account.
  private var changes: Bool {
    let changing: Set<IAMAction> = [.invoke, .invokeStream, .putAlarm, .deleteAlarms, .requestIncrease]
    return !changing.isDisjoint(with: all)
  }
}
