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

  /// Input tokens of the question for one word, at most.
  private static let questionTokens = 15

  /// Providers whose models refuse stop sequences in Converse.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html, read 2026-11.
  private static let withoutStopSequences: Set<String> = ["openai", "qwen", "zai"]

  /// Asks for one word in Converse's form, and stops at the first vowel of any other word if the model can. A larger input is filled
  /// before the question.
  static func word(_ size: TrialSize, _ model: ModelID?) -> ModelRequest {
    let filling =
      size.inputTokens > questionTokens ? String(repeating: "word", count: size.inputTokens - questionTokens) + "\n" : ""
    let stops = model.map { !withoutStopSequences.contains($0.provider) } ?? true
    return ModelRequest(
      .converse,
      body: .object(
        [
          .init("messages", [["role": "user", "content": [["text": .string(filling + "Answer with the one word OK.")]]]]),
          .init(
            "inferenceConfig",
            .object(
              [.init("maxTokens", .integer(size.maxTokens))]
                + (stops ? [.init("stopSequences", ["a", "e", "i", "o"])] : []))),
        ]))
  }
}
