import Testing

@testable import Reports

struct TerminalLineWrappingTests {
  private func wrapped(_ line: TerminalLine, _ width: Int?, hang: Int = 2) -> [String] {
    line.wrapped(to: width, hang: hang).map { $0.text(usesColor: false) }
  }

  @Test func aLineThatFitsStays() {
    #expect(wrapped("ten  chars", 10) == ["ten  chars"] && wrapped("a b c", nil) == ["a b c"] && wrapped("", 20) == [""])
  }

  @Test func itBreaksAtBlanksAndHangs() {
    #expect(wrapped("  one two three four", 12) == ["  one two", "    three", "    four"])
    #expect(wrapped("one two three", 8, hang: 0) == ["one two", "three"])
  }

  @Test func blanksInsideALineStay() { #expect(wrapped("tokens   input 1 and more", 18) == ["tokens   input 1", "  and more"]) }

  @Test func entriesStayTogetherWhereTheyFit() {
    #expect(wrapped("input 1 · output 22 · cache read 0", 24) == ["input 1 · output 22 ·", "  cache read 0"])
    #expect(
      wrapped("input 1 · a very long entry that fits nowhere", 20) == ["input 1 ·", "  a very long entry", "  that fits nowhere"])
  }

  /// So that it can be copied: the terminal wraps it without a line feed.
  @Test func aWordThatIsTooWideHasALineOfItsOwn() {
    let id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    #expect(wrapped("  Only \(id) counts here", 20) == ["  Only", id, "    counts here"])
    // Two columns of indentation less are enough for this one.
    #expect(wrapped("  Only exactly-twenty-chars", 20) == ["  Only", "exactly-twenty-chars"])
  }

  @Test func wideCharactersTakeTwoColumns() { #expect(wrapped("日本 日本 日本", 9) == ["日本 日本", "  日本"]) }

  @Test func stylesReachTheirWordsOnly() {
    let line: TerminalLine = "plain \("red and red", .failure) plain"
    #expect(
      line.wrapped(to: 10).map { $0.text(usesColor: true) } == [
        "plain \u{1B}[31mred\u{1B}[0m", "  \u{1B}[31mand red\u{1B}[0m", "  plain",
      ])
  }

  @Test(arguments: [1, 5, 20, 33, 60, 80])
  func noWordIsLostOrBroken(width: Int) {
    let text =
      "  The probe · uses the quota up: while it runs · and for a minute after it, other requests of this account may be throttled."
    let lines = wrapped("\(text)", width)
    #expect(lines.flatMap { $0.split(separator: " ") } == text.split(separator: " "))
    #expect(lines.allSatisfy { $0.displayWidth <= width || !$0.contains(" ") })
  }
}
