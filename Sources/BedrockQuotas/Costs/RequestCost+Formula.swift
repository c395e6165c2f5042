/// The two sums. Nothing else in Bedquota computes them, but for the emulator, whose arithmetic is independent on purpose.
extension RequestCost {
  /// R, what a request takes from a quota of tokens when it starts: its whole prompt and its max_tokens.
  /// - Parameters:
  ///   - prompt: input tokens, those read from the prompt cache and written to it included.
  ///   - maxTokens: `max_tokens`, or the model's maximum output if the request sets none.
  @inlinable package static func reservation<Tokens: Numeric>(prompt: Tokens, maxTokens: Tokens) -> Tokens {
    prompt + maxTokens
  }

  /// F, what the request takes in the end: input, cache writes, and each output token `burndown` times.
  /// - Parameters:
  ///   - input: input tokens, without those read from the prompt cache or written to it.
  ///   - burndown: quota tokens per output token, 1 to 1,000.
  @inlinable package static func final<Tokens: Numeric>(
    input: Tokens, cacheWrite: Tokens, output: Tokens, burndown: Tokens
  ) -> Tokens {
    input + cacheWrite + burndown * output
  }
}
