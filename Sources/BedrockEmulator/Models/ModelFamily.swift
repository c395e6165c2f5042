package import AWSServer
package import AWSWire
package import BedrockQuotas

/// The format of InvokeModel's bodies and stream chunks for a family of models.
package protocol ModelFamily: Sendable {
  /// Whether the family can stream.
  var streams: Bool { get }

  /// Reads the body of a request.
  /// - Throws: `ValidationException`, worded as Bedrock does.
  func input(from body: JSONValue, model: ModelID) throws(AWSFault) -> InvocationInput

  /// The body of InvokeModel's reply.
  func reply(_ completion: Completion) -> JSONValue

  /// The chunks before the first block.
  func opening(_ completion: Completion) -> [JSONValue]
  /// The chunks before the pieces of a block; for a call of a tool, all of it.
  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue]
  /// The chunk for a piece of text. `tokensBefore` and `tokens` count output tokens before this piece and in it.
  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue
  /// The chunk for a piece of the reasoning; nil if the family shows none.
  func reasoningPiece(_ text: Substring, _ completion: Completion) -> JSONValue?
  /// The chunks after the pieces of a block.
  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue]
  /// The chunks after the last block; the runtime adds `amazon-bedrock-invocationMetrics` to the last one.
  func closing(_ completion: Completion) -> [JSONValue]
}

extension ModelFamily {
  package var streams: Bool { true }
  package func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] { [] }
  package func reasoningPiece(_ text: Substring, _ completion: Completion) -> JSONValue? { nil }
  package func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [JSONValue] { [] }
}
