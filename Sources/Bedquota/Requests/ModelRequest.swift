package import AWSWire
public import Foundation

/// The body of an invocation, which Bedquota reads as far as its cost requires.
public struct ModelRequest: Sendable {
  /// Which API takes it.
  public let api: API
  /// InvokeModel's options, which are sent as headers.
  package var headers = BedrockRuntimeAPI.Options()
  /// The body as a value, to read from. Rendering it would change numbers and escapes, so ``json`` is what is sent.
  package let body: JSONValue
  /// The body as it is sent: the caller's bytes, but for a value that was filled in.
  package let json: Data

  /// - Throws: ``BedquotaError`` (`request`) for data that are not a JSON object.
  public init(_ api: API, json: Data) throws(BedquotaError) {
    guard let body = try? JSONValue(json), body.members != nil else {
      throw BedquotaError(.request, "The body of the request is not a JSON object.")
    }
    self.init(api, body: body, json: json)
  }

  package init(_ api: API, body: JSONValue) { self.init(api, body: body, json: body.data) }

  /// - Parameters:
  ///   - body: the value of `json`, for a caller who has read it already.
  ///   - json: the bytes to send.
  package init(_ api: API, body: JSONValue, json: Data) {
    self.api = api
    self.body = body
    self.json = json
  }

  /// A prompt of one message, for any model that Converse takes.
  /// - Parameters:
  ///   - prompt: the text to send, as the user's message.
  ///   - maxTokens: the most output tokens; nil: the model's maximum, which the request then reserves.
  public init(prompt: String, maxTokens: Int? = nil) {
    let message: JSONValue = ["role": "user", "content": .array([["text": .string(prompt)]])]
    var members: [JSONValue.Member] = [.init("messages", .array([message]))]
    if let maxTokens { members.append(.init("inferenceConfig", ["maxTokens": .integer(maxTokens)])) }
    self.init(.converse, body: .object(members))
  }

  /// An estimate of the input tokens that is too large rather than too small: a token for three bytes of text, 8 for each message
  /// or block, and for a picture, document, recording or film what its size and the documents of the models say.
  ///
  /// A token is about four bytes of English text and three of Chinese, so a reservation of this size is seldom too small; the
  /// excess is returned when the reply is settled.
  public var estimatedInputTokens: Int { InputSize(body).estimatedTokens }
}
