import AWSServer
import AWSWire

/// An API of another vendor that Bedrock serves beside its own, on the same meters.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
enum CompatibleAPI: String, Sendable, CaseIterable {
  case chatCompletions = "/openai/v1/chat/completions"
  case responses = "/openai/v1/responses"
  case messages = "/anthropic/v1/messages"
  case countTokens = "/anthropic/v1/messages/count_tokens"

  /// nil unless the request is one of such an API.
  init?(_ request: ServerRequest) {
    let path = request.path
    guard request.method == "POST", let api = Self.allCases.first(where: { $0.rawValue == path }) else { return nil }
    self = api
  }

  /// How it spells errors.
  var served: ServedService {
    switch self {
    case .chatCompletions, .responses: .bedrockOpenAI
    case .messages, .countTokens: .bedrockMessages
    }
  }

  /// How requests are read, which the words of refusals depend on.
  var dialect: BodyReader.Dialect { served == .bedrockOpenAI ? .openAI : .messages }

  /// Reads a request.
  /// - Parameters:
  ///   - modelID: as the request names it.
  ///   - store: what Responses remembers.
  ///   - remembersReplies: whether a response can be retrieved.
  func call(
    _ body: BodyReader, _ request: ServerRequest, modelID: String, _ target: InvocationTarget, _ store: ResponseStore,
    remembersReplies: Bool = false
  ) throws(AWSFault) -> RuntimeCall {
    switch self {
    case .chatCompletions: try ChatCompletions.call(body, modelID: modelID, target)
    case .responses:
      try Responses.call(
        body, bytes: request.body.count, modelID: modelID, target, store, remembersReplies: remembersReplies)
    case .messages, .countTokens: try Messages.call(body, request, target, isCount: self == .countTokens)
    }
  }
}
