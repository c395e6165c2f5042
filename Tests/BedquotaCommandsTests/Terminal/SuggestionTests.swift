import Testing

@testable import BedquotaCommands

struct SuggestionTests {
  private let commands = [
    "list", "resolve", "models", "capacity", "usage", "dashboard", "check", "probe", "invoke", "run", "record", "emulate",
  ]
  private let options = [
    "profile", "region", "output", "quiet", "verbose", "search", "measure", "max-requests", "max-tokens-spent",
  ]

  @Test(arguments: [
    ("lst", "list"), ("Lists", "list"), ("lsit", "list"), ("quotas", "list"), ("model", "models"), ("emulator", "emulate"),
    ("usgae", "usage"), ("dash", "dashboard"), ("rsolve", "resolve"), ("invoek", "invoke"), ("xyzzy", nil), ("", nil), ("q", nil),
    ("rn", "run"), (String(repeating: "x", count: 100_000), nil),
  ])
  func commandsThatAreNear(word: String, command: String?) { #expect(Suggestion.command(for: word, among: commands) == command) }

  @Test(arguments: [
    ("--query", "--output json | jq"), ("--querry", nil), ("--format", "--output"), ("--json", "--output json"),
    ("-o", "--output"),
    ("--max_requests", "--max-requests"), ("--max-token", "--max-tokens-spent"), ("--reigon", "--region"),
    ("-region", "--region"),
    ("--outputt=json", "--output"), ("--quit", "--quiet"), ("--colour", nil), ("--dry-run", nil), ("--", nil),
  ])
  func optionsThatAreNear(word: String, option: String?) { #expect(Suggestion.option(for: word, among: options) == option) }

  @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("lst", "list", 1), ("abc", "abc", 0)])
  func slips(left: String, right: String, count: Int) { #expect(Suggestion.distance(left, right) == count) }

  @Test func everyHintNamesSomethingThatExists() throws {
    let tree = try CommandTree.of(BedquotaCommand.self)
    let names = tree.commands.map(\.commandName)
    #expect(Suggestion.commandHints.allSatisfy { names.contains($0) })
    let all = Set(tree.commands.flatMap(\.options))
    for hint in Suggestion.optionHints { #expect(all.contains(String(hint.prefix { $0 != " " })), "\(hint)") }
  }
}
