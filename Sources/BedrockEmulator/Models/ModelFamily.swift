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

  /// The chunks before the first piece of text.
  func opening(_ completion: Completion) -> [JSONValue]
  /// The chunk for a piece of text. `tokensBefore` and `tokens` count output tokens before this piece and in it.
  func piece(_ text: Substring, tokensBefore: Int, tokens: Int, _ completion: Completion) -> JSONValue
  /// The chunks after the last piece of text; the runtime adds `amazon-bedrock-invocationMetrics` to the last one.
  func closing(_ completion: Completion) -> [JSONValue]
}

extension ModelFamily {
  package var streams: Bool { true }
}
