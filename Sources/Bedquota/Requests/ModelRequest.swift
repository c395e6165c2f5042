package import AWSWire
public import Foundation

/// The body of an invocation, as far as its cost needs it to be understood.
public struct ModelRequest: Sendable {
  /// Which of Bedrock's operations takes it.
  public enum API: String, Sendable {
    /// InvokeModel: the body is in the form of the model's family.
    case invokeModel = "InvokeModel"
    /// Converse: one form for all models.
    case converse = "Converse"
  }

  public let api: API
  /// What InvokeModel's headers ask for.
  package var headers = BedrockRuntimeAPI.Options()
  package internal(set) var body: JSONValue

  /// - Throws: ``BedquotaError`` (`request`) where the data are no JSON object.
  public init(_ api: API, json: Data) throws(BedquotaError) {
    guard let body = try? JSONValue(json), body.members != nil else {
      throw BedquotaError(.request, "The body of the request is no JSON object.")
    }
    self.init(api, body: body)
  }

  package init(_ api: API, body: JSONValue) {
    self.api = api
    self.body = body
  }

  /// A prompt of one message, for any model that Converse takes.
  /// - Parameter maxTokens: the most output tokens; nil leaves it to the model, which reserves its maximum.
  public init(prompt: String, maxTokens: Int? = nil) {
    let message: JSONValue = ["role": "user", "content": .array([["text": .string(prompt)]])]
    var members: [JSONValue.Member] = [.init("messages", .array([message]))]
    if let maxTokens { members.append(.init("inferenceConfig", ["maxTokens": .integer(maxTokens)])) }
    self.init(.converse, body: .object(members))
  }

  /// Input tokens, rather too many than too few: three bytes of text to a token, a few for each message, and for pictures and
  /// documents what they come to at most as a rule.
  ///
  /// English runs at about four bytes to a token and Chinese at three, so a reservation made of this is seldom too small; what
  /// it has too much comes back with the reply.
  public var estimatedInputTokens: Int { inputSize.estimatedTokens }

  var inputSize: InputSize { InputSize(body) }
}

extension ModelRequest.API {
  /// The operation that streams.
  var streamed: String {
    switch self {
    case .invokeModel: "InvokeModelWithResponseStream"
    case .converse: "ConverseStream"
    }
  }
}
