import AWSWire

/// A family whose models answer with vectors, and never in pieces.
protocol EmbeddingFamily: ModelFamily {}

extension EmbeddingFamily {
  var streams: Bool { false }
  func opening(_ completion: Completion) -> [JSONValue] { [] }
  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue { .object([]) }
  func closing(_ completion: Completion) -> [JSONValue] { [] }
}
