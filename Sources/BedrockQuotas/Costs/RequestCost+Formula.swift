/// The formulas for R and F. Only the emulator computes them too, because its arithmetic is independent on purpose.
extension RequestCost {
  /// R, the reservation: a request takes its whole prompt and its max_tokens from a quota of tokens when it starts.
  /// - Parameters:
  ///   - prompt: input tokens, including those read from the prompt cache or written to it.
  ///   - maxTokens: `max_tokens`, or the model's maximum output if the request sets none.
  @inlinable package static func reservation<Tokens: Numeric>(prompt: Tokens, maxTokens: Tokens) -> Tokens {
    prompt + maxTokens
  }

  /// F, the final cost: input, cache writes, and each output token `burndown` times.
  /// - Parameters:
  ///   - input: input tokens, without those read from the prompt cache or written to it.
  ///   - burndown: quota tokens per output token, 1 to 1,000.
  @inlinable package static func final<Tokens: Numeric>(
    input: Tokens, cacheWrite: Tokens, output: Tokens, burndown: Tokens
  ) -> Tokens {
    input + cacheWrite + burndown * output
  }
}
