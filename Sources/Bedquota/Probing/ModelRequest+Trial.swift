import AWSWire
import BedrockQuotas
import QuotaProbe

/// The bodies that a probe sends.
extension ModelRequest {
  /// A prompt of the given size, in the form of the model's family if it is known, otherwise in Converse's form.
  static func filling(_ size: TrialSize, _ model: ModelID?) -> ModelRequest {
    // Most models read these four bytes as one token.
    let prompt = String(repeating: "word", count: max(1, size.inputTokens))
    return model.flatMap { ModelRequest(prompt: prompt, invoking: $0, maxTokens: size.maxTokens) }
      ?? ModelRequest(prompt: prompt, maxTokens: size.maxTokens)
  }

  /// Asks for one word, and stops at the first vowel of any other word. Converse's form supports both for every model.
  static func word(_ size: TrialSize) -> ModelRequest {
    ModelRequest(
      .converse,
      body: [
        "messages": [["role": "user", "content": [["text": "Answer with the one word OK."]]]],
        "inferenceConfig": ["maxTokens": .integer(size.maxTokens), "stopSequences": ["a", "e", "i", "o"]],
      ])
  }
}
