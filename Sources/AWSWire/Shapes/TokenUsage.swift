/// The token usage that a reply reports.
public struct TokenUsage: Sendable, Equatable {
  /// Input tokens that were neither read from the prompt cache nor written to it.
  public var input: Int
  /// Output tokens.
  public var output: Int
  /// Input tokens that were read from the prompt cache; they are not part of the final cost.
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

  /// All input tokens, including those read from and written to the prompt cache.
  public var totalInput: Int { input + cacheRead + cacheWrite }
}
