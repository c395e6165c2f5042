package import AWSServer
package import AWSWire
package import BedrockQuotas

/// How one family of models spells the bodies of InvokeModel and InvokeModelWithResponseStream.
package protocol ModelFamily: Sendable {
  /// Whether the family streams at all.
  var streams: Bool { get }

  /// Reads the body of a request.
  /// - Throws: a `ValidationException` in the words of Bedrock.
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
