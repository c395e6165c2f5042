/// The words of a quota's name, taken off its ends; letter case and the amount of white space don't matter.
///
/// Works on bytes for speed: an account has over a thousand names, and a listing waits for them.
struct Phrase {
  private(set) var words: ArraySlice<Substring>

  init(_ text: String) {
    words = text.utf8.split(whereSeparator: ASCII.isSpace).map { Substring($0) }[...]
  }

  private init(words: ArraySlice<Substring>) { self.words = words }

  var joined: String { words.joined(separator: " ") }

  /// Removes these words from the front; false if the phrase doesn't begin with them.
  mutating func take(_ text: String) -> Bool {
    guard let count = Self.match(text, at: words) else { return false }
    words = words.dropFirst(count)
    return true
  }

  /// Removes these words from the end; false if the phrase doesn't end with them.
  mutating func takeLast(_ text: String) -> Bool {
    let count = text.utf8.count { $0 == UInt8(ascii: " ") } + 1
    guard words.count >= count, Self.match(text, at: words.suffix(count)) != nil else { return false }
    words = words.dropLast(count)
    return true
  }

  /// Removes a leading parenthesis: of `(Guardrails) …`, returns `Guardrails`.
  mutating func takeParenthesis() -> String? {
    guard words.first?.utf8.first == UInt8(ascii: "("), let end = words.firstIndex(where: { $0.utf8.last == UInt8(ascii: ")") })
    else { return nil }
    let text = words[...end].joined(separator: " ")
    words = words[(end + 1)...]
    return String(text.dropFirst().dropLast())
  }

  /// Removes a leading measure; nil if there is none.
  mutating func takeMeasure() -> QuotaMeasure? {
    for (text, measure) in Self.measures where take(text) { return measure }
    return nil
  }

  private static let measures: [(String, QuotaMeasure)] = [
    ("requests per minute", .rpm), ("tokens per minute", .tpm), ("tokens per day", .tpd),
    ("input tokens per minute", .inputTPM), ("output tokens per minute", .outputTPM),
    ("concurrent requests", .concurrent), ("async concurrent requests", .concurrent),
  ]

  func contains(_ text: String) -> Bool { after(text) != nil }

  /// The words after the first occurrence of these; nil if there is none.
  func after(_ text: String) -> Phrase? {
    for start in words.indices {
      if let count = Self.match(text, at: words[start...]) { return Phrase(words: words[(start + count)...]) }
    }
    return nil
  }

  /// The number of words in `text` if the given words begin with all of them; else nil.
  private static func match(_ text: String, at words: ArraySlice<Substring>) -> Int? {
    var index = words.startIndex
    guard index < words.endIndex else { return nil }
    var word = words[index].utf8.makeIterator()
    for byte in text.utf8 {
      if byte == UInt8(ascii: " ") {
        index += 1
        guard word.next() == nil, index < words.endIndex else { return nil }
        word = words[index].utf8.makeIterator()
      } else {
        guard let other = word.next(), ASCII.lower(other) == ASCII.lower(byte) else { return nil }
      }
    }
    return word.next() == nil ? index - words.startIndex + 1 : nil
  }
}
