import Testing

@testable import Reports

struct TerminalPartTests {
  @Test func aCommandCanBePastedFromANarrowTerminal() {
    let parts: [TerminalPart] = [.command("  aws --one 1 --two 2")]
    #expect(parts.text(usesColor: false, width: 16) == "  aws --one 1 \\\n    --two 2")
    #expect(parts.text(usesColor: false) == "  aws --one 1 --two 2")
    // A backslash within quotes would become a part of the word.
    let quoted: [TerminalPart] = [.command("  aws --profile 'a b' --two 2")]
    #expect(quoted.text(usesColor: false, width: 16) == "  aws --profile 'a b' --two 2")
  }
}
