import AWSServer
import BedrockQuotas

/// Which models an API serves on bedrock-runtime. What is only on bedrock-mantle isn't here.
extension CompatibleAPI {
  private typealias Row = (provider: String, beginnings: [String])

  /// Sources: docs.aws.amazon.com/bedrock/latest/userguide/models-api-compatibility.html, …/models-endpoint-availability.html and the
  /// model cards; for Grok and GPT-6, replies of bedrock-runtime that users report. Last looked at in 2026-11.
  private static let chatModels: [Row] = [
    ("deepseek", ["v3"]),
    ("google", ["gemma-3"]),
    ("minimax", [""]),
    ("mistral", ["magistral", "ministral", "mistral-large-3", "voxtral"]),
    ("moonshot", [""]),
    ("moonshotai", [""]),
    ("nvidia", [""]),
    ("openai", ["gpt-oss-20b", "gpt-oss-120b", "gpt-5.6", "gpt-6"]),
    ("qwen", [""]),
    ("xai", ["grok-4.6", "grok-4.7"]),
    ("zai", ["glm-4.7", "glm-5"]),
  ]
  private static let responsesModels: [Row] = [("openai", ["gpt-5.6", "gpt-6"]), ("xai", ["grok-4.6", "grok-4.7"])]
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html, "in all Regions where Claude models are
  /// available". The first Claude models never had the Messages API.
  private static let messagesModels: [Row] = [("anthropic", ["claude-"])]
  private static let withoutMessages = ["claude-v2", "claude-instant"]

  func serves(_ model: ModelID) -> Bool {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1)
    let rows: [Row]
    switch self {
    case .chatCompletions: rows = Self.chatModels
    case .responses: rows = Self.responsesModels
    case .messages, .countTokens:
      guard !Self.withoutMessages.contains(where: { name.hasPrefix($0) }) else { return false }
      rows = Self.messagesModels
    }
    return rows.contains { row in row.provider == model.provider && row.beginnings.contains { name.hasPrefix($0) } }
  }

  /// The error for a model that the API doesn't serve.
  ///
  /// Sources: what bedrock-runtime has replied to users: "model_not_found" for Claude and Nova in Chat Completions, and the words
  /// with the path for Qwen in Responses.
  func refusal(of model: ModelID) -> AWSFault {
    guard self == .responses, Self.chatCompletions.serves(model) else {
      return AWSFault(
        code: "ResourceNotFoundException",
        message: "The model doesn't exist or doesn't support this API. Retry your request with a different model ID.", status: 404
      )
    }
    return .invalid("The model '\(model)' does not support the '\(rawValue)' API")
  }

  /// Whether a model caches the beginnings of prompts by itself.
  ///
  /// Source: the usage that GPT-5.6 on bedrock-runtime has reported to users, which counts most of a prompt as written to the cache.
  static func cachesPrompts(_ model: ModelID) -> Bool {
    let name = model.base.description
    return ["openai.gpt-5", "openai.gpt-6"].contains { name.hasPrefix($0) }
  }
}
