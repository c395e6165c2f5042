extension StringProtocol {
  /// Whether a text contains an ASCII word. Comparing bytes is many times faster than comparing characters.
  package func hasBytes(of word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      var text = String(self)
      return text.withUTF8 { text in
        guard let first = word.first, text.count >= word.count else { return false }
        return (0...text.count - word.count).contains { start in
          text[start] == first && text[start..<start + word.count].elementsEqual(word)
        }
      }
    }
  }
}
