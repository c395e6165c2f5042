/// The tokens that a reply says it used.
public struct TokenUsage: Sendable, Equatable {
  /// Input tokens that were neither read from the prompt cache nor written to it.
  public var input: Int
  /// Output tokens.
  public var output: Int
  /// Input tokens that were read from the prompt cache; a quota is not charged for them in the end.
  public var cacheRead: Int
  /// Input tokens that were written to the prompt cache.
  public var cacheWrite: Int

  /// Numbers of tokens, each 0 or more.
  public init(input: Int, output: Int, cacheRead: Int = 0, cacheWrite: Int = 0) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
  }

  /// All input tokens, those of the prompt cache among them.
  public var totalInput: Int { input + cacheRead + cacheWrite }
}
