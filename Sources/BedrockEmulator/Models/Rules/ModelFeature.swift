import BedrockQuotas

/// A part of Converse that some models don't take.
enum ModelFeature: Sendable {
  case system, tools, streamedTools, documents
  /// A member of the request, named as in Bedrock's messages.
  case temperature, topP, stopSequences, anyTool, namedTool

  /// What models of a provider lack, by the beginning of their names; an empty beginning stands for all of them.
  ///
  /// Sources: docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html (system, tools,
  /// documents); for replies of AWS, the sources of the rules. Last looked at in 2026-11.
  private static let missing: [(provider: String, beginning: String, features: Set<ModelFeature>)] = [
    ("ai21", "jamba-instruct", [.tools, .documents]),
    ("amazon", "nova-micro", [.documents]),
    ("amazon", "titan-t", [.system, .tools]),
    ("anthropic", "claude-v2", [.tools]),
    ("anthropic", "claude-instant", [.tools]),
    ("deepseek", "r1", [.tools, .streamedTools]),
    ("meta", "llama2-", [.tools]),
    ("meta", "llama3-8b", [.tools]),
    ("meta", "llama3-70b", [.tools]),
    ("meta", "llama3-2-1b", [.tools]),
    ("meta", "llama3-2-3b", [.tools]),
    ("meta", "llama3-1-", [.streamedTools, .anyTool, .namedTool]),
    ("meta", "llama3-2-", [.streamedTools, .anyTool, .namedTool]),
    ("meta", "llama3-3-", [.streamedTools, .anyTool, .namedTool]),
    ("meta", "llama4-", [.streamedTools, .anyTool, .namedTool]),
    ("mistral", "mistral-7b", [.system, .tools]),
    ("mistral", "mixtral-", [.system, .tools]),
    ("mistral", "mistral-large-2402", [.namedTool]),
    ("moonshot", "", [.documents]),
    ("moonshotai", "", [.documents]),
    ("openai", "", [.stopSequences]),
    ("openai", "gpt-5", [.temperature, .topP]),
    ("openai", "gpt-6", [.temperature, .topP]),
    ("qwen", "", [.stopSequences]),
    ("xai", "", [.documents, .topP]),
    ("zai", "", [.documents, .stopSequences]),
  ]

  /// Whether a model is known to lack the feature.
  func isMissing(in model: ModelID) -> Bool {
    let name = model.base.description.dropFirst(model.provider.utf8.count + 1)
    return Self.missing.contains {
      $0.provider == model.provider && name.hasPrefix($0.beginning) && $0.features.contains(self)
    }
  }
}
