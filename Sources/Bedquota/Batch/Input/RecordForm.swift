import AWSWire

/// The form of a line of requests.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html, developers.openai.com/api/docs/guides/batch,
/// docs.anthropic.com/en/docs/build-with-claude/batch-processing
enum RecordForm: Sendable, Equatable {
  /// Bedrock's `{"recordId", "modelInput"}`, whose body tells its API by its shape.
  case bedrock
  /// OpenAI's `{"custom_id", "method", "url", "body"}`; nil if the line has no `url`.
  case openAI(ModelRequest.API?)
  /// Anthropic's `{"custom_id", "params"}`.
  case anthropic

  /// The member that holds the body.
  var body: String {
    switch self {
    case .bedrock: "modelInput"
    case .openAI: "body"
    case .anthropic: "params"
    }
  }

  /// The API that the line itself names; nil if the body's shape decides.
  var api: ModelRequest.API? {
    switch self {
    case .bedrock: nil
    case .openAI(let api): api
    case .anthropic: .messages
    }
  }

  /// The API of an OpenAI line's `url`; nil if Bedrock has no such API.
  static func api(url: String) -> ModelRequest.API? {
    switch url.split(separator: "/").suffix(2).joined(separator: "/") {
    case "chat/completions": .chatCompletions
    case "v1/responses", "responses": .responses
    case "v1/messages", "messages": .messages
    default: nil
    }
  }
}
