import AWSWire

/// A family of embedding models, which return vectors and don't stream.
protocol EmbeddingFamily: ModelFamily {}

extension EmbeddingFamily {
  var streams: Bool { false }
  func opening(_ completion: Completion) -> [JSONValue] { [] }
  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue { .object([]) }
  func closing(_ completion: Completion) -> [JSONValue] { [] }
}
