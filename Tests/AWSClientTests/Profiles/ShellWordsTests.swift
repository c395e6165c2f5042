import Testing

@testable import AWSClient

struct ShellWordsTests {
  /// What Python's `shlex.split` gives; nil where it raises an error.
  @Test(
    arguments: [
      ("", []), ("  a  b\tc\n", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]), ("a'b'\"c\"d", ["abcd"]), ("''", [""]),
      ("a\\ b", ["a b"]), (#"'a\b'"#, [#"a\b"#]), (#""a\"b\\c\d""#, [#"a"b\c\d"#]), ("'a", nil), ("\"a", nil), ("a\\", nil),
      (#""a\"#, nil), ("a#b # c", ["a#b", "#", "c"]), ("$HOME;`x`", ["$HOME;`x`"]), ("é ü", ["é", "ü"]),
      ("a\u{A0}b", ["a\u{A0}b"]),
    ] as [(String, [String]?)])
  func splits(text: String, words: [String]?) {
    #expect(ShellWords.split(text) == words)
  }
}
