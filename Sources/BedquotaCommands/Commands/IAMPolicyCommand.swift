import AWSWire
import ArgumentParser
import Reports

struct IAMPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iam-policy",
    abstract: "Print the least IAM policy that commands need, as JSON.",
    discussion: """
      Without a command: what reading needs, which is every command but those that invoke models or change the account. It \
      calls nothing.
      Actions that AWS can't narrow have the resource *. Models are allowed in every Region, because inference profiles lead there. \
      Who assumes a role, with --role-arn, --accounts or accounts of a gateway, also needs sts:AssumeRole on it.

      EXAMPLE: bedquota iam-policy check alarms plan
               bedquota iam-policy run --region eu-central-1
      """)

  @Argument(
    help: ArgumentHelp("Commands, such as usage or alarms apply. (default: all that only read)", valueName: "command"))
  var commands: [String] = []

  @Option(
    help: ArgumentHelp("Allow no other Region, where an action can be narrowed. (default: every Region)", valueName: "name"))
  var region: String?

  func validate() throws {
    // A policy without a statement is none.
    if Set(try rows().flatMap(\.all)).subtracting([.getCallerIdentity]).isEmpty {
      throw ValidationError("\(commands.joined(separator: " ").shortened()) needs no permission in AWS.")
    }
    let isName = region.map { name in !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
    if isName == false { throw ValidationError("--region takes the name of a Region, such as us-east-1.") }
  }

  func run() throws {
    let policy = IAMPolicy(try rows().flatMap(\.all), region: region)
    Console.write(try JSONOutput.encode(policy) + "\n", to: 1)
  }

  /// The rows of the table that the arguments name; the words of a command may be one argument or two.
  private func rows() throws -> [CommandPermissions] {
    guard !commands.isEmpty else { return CommandPermissions.table.filter { !$0.changes } }
    let known = try CommandTree.of(BedquotaCommand.self)
    var rows: [CommandPermissions] = []
    var rest = commands[...]
    while let word = rest.popFirst() {
      if let row = rest.first.flatMap({ CommandPermissions.of("\(word) \($0)") }) {
        rest = rest.dropFirst()
        rows.append(row)
        continue
      }
      if let named = known.command(in: [word] + rest.prefix(1)), named.name != word {
        throw ValidationError("\(named.name) needs no permission in AWS.")
      }
      let found = CommandPermissions.table.filter { $0.command == word || $0.command.hasPrefix("\(word) ") }
      guard found.isEmpty else {
        rows += found
        continue
      }
      guard known.command(named: word) == nil else { throw ValidationError("\(word) needs no permission in AWS.") }
      let names = CommandPermissions.table.flatMap { [$0.command.prefix { $0 != " " }.description, $0.command] }
      let near = Suggestion.command(for: word, among: names)
      throw ValidationError("There is no command '\(word.shortened())'\(near.map { ". Did you mean '\($0)'?" } ?? ".")")
    }
    return rows
  }
}

extension CommandPermissions {
  /// Whether the command invokes models or changes the account.
  fileprivate var changes: Bool {
    let changing: Set<IAMAction> = [.invoke, .invokeStream, .putAlarm, .deleteAlarms, .requestIncrease]
    return !changing.isDisjoint(with: all)
  }
}
