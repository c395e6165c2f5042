import Reports
import Testing

struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("naïve", 5), ("nai\u{308}ve", 5), ("日本語", 6), ("한국어", 6), ("ﾊﾝｶｸ", 4), ("ＡＢ", 4), ("🙂", 2), ("█▁", 2),
    ("5×", 2),
    ("– · …", 5), ("العربية", 7), ("𠀀", 2),
  ])
  func columnsOfATerminal(text: String, width: Int) { #expect(text.displayWidth == width) }

  @Test(arguments: [("abc", 2, "ab"), ("日本語", 5, "日本"), ("日本語", 6, "日本語"), ("a日", 2, "a"), ("abc", 9, "abc")])
  func whatFits(text: String, columns: Int, beginning: String) { #expect(text.prefix(columns: columns) == beginning) }
}
