/// What the parser says of arguments that it can't take, with what the user may have meant.
struct UsageMessage {
  /// Those of the process, without the program's name.
  let arguments: [String]
  /// The names that exist; nil if they are not known, and nothing is suggested.
  private let tree: CommandTree?

  init(arguments: [String]) {
    self.arguments = arguments
    tree = try? CommandTree.of(BedquotaCommand.self)
  }

  /// - Parameter message: of the parser, whose first line says what is wrong.
  func improved(_ message: String) -> String {
    let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    return ([sentence(String(lines[0]))] + lines.dropFirst().map(String.init)).joined(separator: "\n")
  }

  /// What is wrong with `help NAME`, of which the parser says nothing; nil if nothing is.
  var aboutHelp: String? {
    guard arguments.count > 1, !arguments[1].hasPrefix("-"), let tree,
      tree.command(named: arguments[1]) == nil, arguments[1] != "help"
    else { return nil }
    return aboutCommand(arguments[1])
  }

  private func sentence(_ line: String) -> String {
    if let match = line.wholeMatch(of: /Error: Unknown option '(.+?)'(?:\. Did you mean '.*'\?)?/) {
      return "Error: Unknown option '\(match.1)'\(aboutOption(String(match.1)))"
    }
    if let match = line.wholeMatch(of: /Error: (?:Unexpected argument|\d+ unexpected arguments:) '(.*)'/) {
      let word = match.1.split(separator: "'").first.map(String.init) ?? ""
      return command == nil ? "Error: \(aboutCommand(word))" : "\(line)\(aboutArgument(word))"
    }
    if let match = line.wholeMatch(of: /Error: Missing value for '(--[^ ']+).*'/), let value = value(after: String(match.1)) {
      return "\(line). A value that begins with a hyphen is written \(match.1)=\(value)"
    }
    return line
  }

  /// The command that the arguments name, and the words that name it; nil if they name none that exists.
  private var named: (name: String, command: CommandTree.Command)? { tree?.command(in: arguments) }
  private var command: CommandTree.Command? { named?.command }

  private func aboutCommand(_ word: String) -> String {
    let near = Suggestion.command(for: word, among: tree?.commands.map(\.commandName) ?? [])
    return "There is no command '\(word)'\(near.map { ". Did you mean '\($0)'?" } ?? ".")"
  }

  private func aboutOption(_ word: String) -> String {
    if let sentence = AWSOption.sentence(for: word) { return ". \(sentence)" }
    let known = command ?? tree?.command
    if let near = Suggestion.option(for: word, among: known?.options ?? []) { return ". Did you mean '\(near)'?" }
    let name = word.drop { $0 == "-" }.prefix { $0 != "=" }
    let leaves = tree?.leaves ?? []
    let plan = "\(named?.name.split(separator: " ").first ?? "") plan"
    if name == "dry-run", leaves.contains(where: { $0.name == plan }) {
      return ". Use \(plan), which only shows what would be done."
    }
    let others = leaves.filter { $0.command.options.contains(String(name)) }.map(\.name)
    if others.isEmpty { return "." }
    // At the root, the option may only stand too early.
    guard let named else { return ". It stands after a command: \(others.joined(separator: ", "))." }
    return ". It is an option of \(others.joined(separator: ", ")), not of \(named.name)."
  }

  private func aboutArgument(_ word: String) -> String {
    guard let command else { return "" }
    if let names = command.subcommands?.map(\.commandName).filter({ $0 != "help" }), !names.isEmpty {
      if let near = Suggestion.command(for: word, among: names), names.contains(near) {
        return ". Did you mean '\(command.commandName) \(near)'?"
      }
      return ". After \(command.commandName) stands \(names.joined(separator: ", "))."
    }
    if command.commandName == "invoke" { return ". Put a prompt of several words in quotes." }
    return command.options.contains("search") && !word.isEmpty ? ". Did you mean '--search \(word)'?" : ""
  }

  /// The argument after an option, if it begins with a hyphen and is no option itself.
  private func value(after option: String) -> String? {
    guard let place = arguments.lastIndex(of: option), place + 1 < arguments.count else { return nil }
    let value = arguments[place + 1]
    let name = value.drop { $0 == "-" }.prefix { $0 != "=" }
    return value.hasPrefix("-") && command?.options.contains(String(name)) == false ? value : nil
  }
}
