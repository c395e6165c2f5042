/// The words of a quota's name, taken off its ends; letter case and the amount of white space don't matter.
///
/// Works on bytes and their ranges for speed: an account has over a thousand names, and a listing waits for them.
struct Phrase {
  private let bytes: [UInt8]
  /// Where the words stand in ``bytes``.
  private var words: ArraySlice<Range<Int>>

  init(_ text: String) {
    let bytes = Array(text.utf8)
    var words: [Range<Int>] = []
    var start: Int?
    for (index, byte) in bytes.enumerated() {
      if !ASCII.isSpace(byte) {
        start = start ?? index
      } else if let begin = start {
        words.append(begin..<index)
        start = nil
      }
    }
    if let start { words.append(start..<bytes.count) }
    self.init(bytes, words[...])
  }

  private init(_ bytes: [UInt8], _ words: ArraySlice<Range<Int>>) {
    self.bytes = bytes
    self.words = words
  }

  /// The words with one blank between two.
  var joined: String { joined(words) }

  private func joined(_ words: ArraySlice<Range<Int>>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for word in words {
      if !text.isEmpty { text.append(UInt8(ascii: " ")) }
      text += bytes[word]
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The first word that ends with this letter, in lower case, or with its capital.
  func firstWord(endingWith letter: UInt8) -> String? {
    words.first { ASCII.lower(bytes[$0.upperBound - 1]) == letter }.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  /// Removes these words from the front; false if the phrase doesn't begin with them.
  mutating func take(_ text: String) -> Bool {
    guard let count = match(text, at: words) else { return false }
    words = words.dropFirst(count)
    return true
  }

  /// Removes these words from the end; false if the phrase doesn't end with them.
  mutating func takeLast(_ text: String) -> Bool {
    let count = text.utf8.count { $0 == UInt8(ascii: " ") } + 1
    guard words.count >= count, match(text, at: words.suffix(count)) != nil else { return false }
    words = words.dropLast(count)
    return true
  }

  /// Removes a leading parenthesis: of `(Guardrails) …`, returns `Guardrails`.
  mutating func takeParenthesis() -> String? {
    guard let first = words.first, bytes[first.lowerBound] == UInt8(ascii: "("),
      let end = words.firstIndex(where: { bytes[$0.upperBound - 1] == UInt8(ascii: ")") })
    else { return nil }
    let text = joined(words[...end])
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
      if let count = match(text, at: words[start...]) { return Phrase(bytes, words[(start + count)...]) }
    }
    return nil
  }

  /// The number of words in `text` if the given words begin with all of them; else nil.
  private func match(_ text: String, at words: ArraySlice<Range<Int>>) -> Int? {
    var index = words.startIndex
    guard index < words.endIndex else { return nil }
    var (next, end) = (words[index].lowerBound, words[index].upperBound)
    for byte in text.utf8 {
      if byte == UInt8(ascii: " ") {
        index += 1
        guard next == end, index < words.endIndex else { return nil }
        (next, end) = (words[index].lowerBound, words[index].upperBound)
      } else {
        guard next < end, ASCII.lower(bytes[next]) == ASCII.lower(byte) else { return nil }
        next += 1
      }
    }
    return next == end ? index - words.startIndex + 1 : nil
  }
}
