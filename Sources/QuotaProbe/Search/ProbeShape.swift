import BedrockQuotas

/// How large a probing request is: what a body for any model family can be made of.
///
/// The tokens that a request costs for good are its input, so a large input with a one-token answer uses a quota up, and a
/// large max_tokens with a one-token answer only holds it while the request runs.
package struct ProbeShape: Sendable, Equatable {
  /// Tokens of the prompt.
  package var inputTokens: Int
  /// The most that the reply may be.
  package var maxTokens: Int
  /// What the reply is wanted to be, for a prompt that asks for so much.
  package var outputTokens: Int

  package init(inputTokens: Int, maxTokens: Int = 1, outputTokens: Int = 1) {
    self.inputTokens = inputTokens
    self.maxTokens = maxTokens
    self.outputTokens = outputTokens
  }

  /// Quota tokens that are taken when it starts.
  package var reservation: Int { RequestCost.reservation(prompt: inputTokens, maxTokens: maxTokens) }
}
