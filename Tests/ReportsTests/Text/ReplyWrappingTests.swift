import Reports
import Testing

struct ReplyWrappingTests {
  private func wrapped(_ text: String, width: Int?, parts: Int = .max) -> String {
    var wrapping = ReplyWrapping(width: width)
    var (out, rest) = ("", text[...])
    while !rest.isEmpty {
      out += wrapping.add(String(rest.prefix(parts)))
      rest = rest.dropFirst(parts)
    }
    return out + wrapping.end()
  }

  private static let reply = """
    A paragraph of several words, one of them extraordinarily long.

    ```swift
    let line = "a line of code that is much wider than the terminal"
    ```
    - and an item of a list
        indented code stays as it is, however wide
    | a table | stays as well |
    日本語 日本語 日本語 end
    """

  private static let shown = """
    A paragraph of
    several words, one
    of them
    extraordinarily
    long.

    ```swift
    let line = "a line of code that is much wider than the terminal"
    ```
    - and an item of a
    list
        indented code stays as it is, however wide
    | a table | stays as well |
    日本語 日本語
    日本語 end
    """

  /// The parts in which a reply arrives don't matter.
  @Test(arguments: [1, 2, 3, 7, 50, .max])
  func proseWrapsAndCodeStays(parts: Int) { #expect(wrapped(Self.reply, width: 18, parts: parts) == Self.shown) }

  @Test(arguments: [1, 5, .max])
  func nothingIsLost(parts: Int) {
    #expect(wrapped(Self.reply, width: nil, parts: parts) == Self.reply)
    #expect(wrapped(Self.reply, width: 10_000, parts: parts) == Self.reply)
    #expect(wrapped("trailing  \n  \n", width: 40, parts: parts) == "trailing  \n  \n")
  }

  @Test func aWordIsPrintedOnceItIsWhole() {
    var wrapping = ReplyWrapping(width: 10)
    #expect(wrapping.add("one tw") == "one" && wrapping.add("o thr") == " two" && wrapping.add("ee") == "")
    #expect(wrapping.end() == "\nthree")
  }
}
