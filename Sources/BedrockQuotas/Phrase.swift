/// The words of a quota's name, read from the left; letter case and the amount of white space don't count.
struct Phrase {
  private(set) var words: [Substring]

  init(_ text: String) { words = text.split(whereSeparator: \.isWhitespace) }
  private init(words: [Substring]) { self.words = words }

  var joined: String { words.joined(separator: " ") }

  static func equal(_ a: Substring, _ b: Substring) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

  /// Takes these words off the front, all or none.
  mutating func take(_ text: String) -> Bool {
    let wanted = text.split(separator: " ")
    guard words.count >= wanted.count, zip(words, wanted).allSatisfy({ Self.equal($0, $1) }) else { return false }
    words.removeFirst(wanted.count)
    return true
  }

  /// `(Guardrails) …` gives `Guardrails`.
  mutating func takeParenthesis() -> String? {
    guard words.first?.hasPrefix("(") == true, let end = words.firstIndex(where: { $0.hasSuffix(")") }) else { return nil }
    let text = words[...end].joined(separator: " ")
    words.removeFirst(end + 1)
    return String(text.dropFirst().dropLast())
  }

  mutating func takeMeasure() -> QuotaMeasure? {
    for (text, measure) in Self.measures where take(text) { return measure }
    return nil
  }

  private static let measures: [(String, QuotaMeasure)] = [
    ("requests per minute", .rpm), ("tokens per minute", .tpm), ("tokens per day", .tpd), ("input tokens per minute", .inputTPM),
    ("output tokens per minute", .outputTPM), ("concurrent requests", .concurrent), ("async concurrent requests", .concurrent),
  ]

  func contains(_ text: String) -> Bool { index(of: text) != nil }

  /// What follows the first place where these words stand.
  func after(_ text: String) -> Phrase? {
    index(of: text).map { Phrase(words: Array(words[($0 + text.split(separator: " ").count)...])) }
  }

  private func index(of text: String) -> Int? {
    let wanted = text.split(separator: " ")
    guard words.count >= wanted.count else { return nil }
    return (0...(words.count - wanted.count)).first { start in
      zip(words[start...], wanted).allSatisfy { Self.equal($0, $1) }
    }
  }
}
