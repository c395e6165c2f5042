import AWSServer
import AWSWire
import BedrockQuotas

/// What OpenAI's newer models refuse in the OpenAI-compatible APIs, in the words that users report from bedrock-runtime.
enum OpenAIRules {
  /// - Parameters:
  ///   - maxTokens: the old name of a member that newer models don't take; nil for none.
  ///   - instead: its new name.
  static func check(
    _ body: BodyReader, _ model: ModelID, maxTokens: String? = nil, instead: String = ""
  ) throws(AWSFault) {
    guard ["openai.gpt-5", "openai.gpt-6"].contains(where: { model.description.hasPrefix($0) }) else { return }
    if let maxTokens, body[maxTokens] != nil {
      throw .invalid("Unsupported parameter: '\(maxTokens)' is not supported with this model. Use '\(instead)' instead.")
    }
    for (name, feature) in [("temperature", ModelFeature.temperature), ("top_p", .topP)] {
      guard feature.isMissing(in: model), let member = body[name] else { continue }
      guard let value = member.value.double else { throw member.wrongType("Number") }
      guard value != 1 else { continue }
      throw .invalid(
        "Unsupported value: '\(name)' does not support \(member.value.text) with this model. "
          + "Only the default (1) value is supported.")
    }
  }
}
