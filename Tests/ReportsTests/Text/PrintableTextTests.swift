import Reports
import Testing

struct PrintableTextTests {
  /// Clipboard (OSC 52), clear screen, C1, an override, an isolate, a hidden space, a line separator.
  private static let hostile = "\u{1B}]52;c;cHduZWQ=\u{7}\u{1B}[2J\u{9B}31m\u{202E}x\u{2066}y\u{200B}\u{2028}\u{7F}"

  private func isClean(_ text: String, allowing: String = "") -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      allowing.unicodeScalars.contains(scalar)
        || scalar.value >= 32 && !(0x7F...0x9F).contains(scalar.value)
          && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
          && ![0x200B, 0x2028, 0x2029].contains(scalar.value)
    }
  }

  @Test func oneLineHasNoControlsAndNothingHidden() {
    #expect(isClean(Self.hostile.printable))
    #expect("a\nb\r\nc\td".printable == "a b  c d")
    #expect("Überraschung 😀 模型".printable == "Überraschung 😀 模型")
  }

  @Test func repliesKeepLinesAndJoiners() {
    #expect("a\tb\r\nc\n".printableLines == "a\tb\nc\n")
    #expect("👩\u{200D}💻 می\u{200C}خواهم".printableLines == "👩\u{200D}💻 می\u{200C}خواهم")
    #expect(isClean(Self.hostile.printableLines, allowing: "\u{200B}"))
  }

  /// A sequence in two parts of a stream is as harmless as in one.
  @Test func everyCutOfASequenceIsClean() {
    let scalars = Array(Self.hostile.unicodeScalars)
    for cut in 0...scalars.count {
      let parts = [scalars[..<cut], scalars[cut...]].map { part in
        var view = String.UnicodeScalarView()
        view.append(contentsOf: part)
        return String(view).printableLines
      }
      #expect(parts.joined() == Self.hostile.printableLines)
    }
  }

  @Test func jsonKeepsItsMeaning() {
    #expect("{\"a\":\"\u{9B}\u{202E}\"}\n".escapedJSON == "{\"a\":\"\\u009b\\u202e\"}\n")
    #expect("\u{E0041}".escapedJSON == "\\udb40\\udc41")
    #expect(isClean(Self.hostile.escapedJSON))
  }

  @Test func longTextsAreShortened() {
    #expect("abc".shortened(to: 3) == "abc" && "abcd".shortened(to: 3) == "abc…")
    #expect(String(repeating: "é\u{301}", count: 1_000_000).shortened().count == 201)
  }

  @Test func aLineCleansWhatItInterpolates() {
    let line: TerminalLine = "\(Self.hostile): \("a\u{1B}[0m", .failure)  "
    let text = line.text(usesColor: true)
    #expect(text.hasSuffix("\u{1B}[31ma [0m\u{1B}[0m"))
    #expect(isClean(line.text(usesColor: false)) && !line.text(usesColor: false).hasSuffix(" "))
  }
}
