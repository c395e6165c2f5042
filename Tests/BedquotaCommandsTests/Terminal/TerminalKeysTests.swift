import Reports
import Testing

@testable import BedquotaCommands

struct TerminalKeysTests {
  @Test(arguments: [
    ("q", [TerminalKey.character("q")]), ("aé€😀", [.character("a"), .character("é"), .character("€"), .character("😀")]),
    ("\r\n\t\u{7F}\u{8}", [.enter, .enter, .tab, .backspace, .backspace]),
    ("\u{3}\u{C}\u{1A}", [.control("c"), .control("l"), .control("z")]),
    ("\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}OD", [.up, .down, .right, .left]),
    (
      "\u{1B}[H\u{1B}[F\u{1B}OH\u{1B}OF\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~",
      [.home, .end, .home, .end, .home, .end, .home, .end]
    ),
    ("\u{1B}[5~\u{1B}[6~\u{1B}[3~\u{1B}[Z\u{1B}OM", [.pageUp, .pageDown, .delete, .backTab, .enter]),
    // With Ctrl or Shift.
    ("\u{1B}[1;5A\u{1B}[5;2~", [.up, .pageUp]),
    // Function keys, of xterm and of the Linux console, and answers to questions that nobody asked.
    ("\u{1B}OP\u{1B}[15~\u{1B}[[Aq\u{1B}[?62;4c\u{1B}[24;80Rq", [.character("q"), .character("q")]),
    ("\u{1B}q\u{1B}\u{1B}[A", [.escape, .character("q"), .escape, .up]),
    // A key that interrupts a sequence.
    ("\u{1B}[1\u{3}q", [.control("c"), .character("q")]),
    ("\0\u{1C}", []),
  ])
  func keys(bytes: String, keys: [TerminalKey]) {
    var whole = TerminalKeys()
    #expect(whole.read(bytes.utf8) == keys)
    #expect(!whole.isWaiting)
    // In whatever parts it comes.
    var parts = TerminalKeys()
    #expect(bytes.utf8.flatMap { parts.read([$0]) } == keys)
  }

  @Test func escapeIsAKeyIfNothingFollows() {
    var keys = TerminalKeys()
    #expect(keys.read([0x1B]) == [] && keys.isWaiting)
    #expect(keys.waited() == [.escape] && !keys.isWaiting)
    #expect(keys.read("\u{1B}[".utf8) == [] && keys.isWaiting)
    #expect(keys.waited() == [] && !keys.isWaiting)
    #expect(keys.read("A".utf8) == [.character("A")])
  }

  @Test(
    arguments: [
      [0xFF, 0x71], [0xC3, 0x71], [0xC0, 0x80, 0x71], [0xED, 0xA0, 0x80, 0x71], [0xF0, 0x9F, 0x71], [0x80, 0xBF, 0x71],
      [0xF4, 0x90, 0x80, 0x80, 0x71],
    ] as [[UInt8]])
  func whatIsNoUTF8IsNoKey(bytes: [UInt8]) {
    var keys = TerminalKeys()
    #expect(keys.read(bytes) == [.character("q")])
    #expect(!keys.isWaiting)
  }

  @Test func anEndlessSequenceEnds() {
    var keys = TerminalKeys()
    #expect(keys.read("\u{1B}[".utf8) == [])
    #expect(keys.read(repeatElement(UInt8(ascii: "1"), count: 30)).isEmpty)
    #expect(keys.read("q".utf8) == [.character("q")])
  }

  @Test func anyBytesAreRead() {
    var random = SystemRandomNumberGenerator()
    var keys = TerminalKeys()
    for _ in 0..<2_000 {
      _ = keys.read((0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
      if keys.isWaiting, Bool.random() { _ = keys.waited() }
    }
  }
}
