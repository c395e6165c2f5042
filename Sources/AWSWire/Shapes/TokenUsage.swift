/// The token usage that a reply reports.
///
/// A reply is outside data: counts are clamped to 0 to ``tokensMax`` here, once, so that no sum or product of them overflows.
public struct TokenUsage: Sendable, Equatable {
  /// The largest count that is believed, in tokens: a thousand times the largest context window.
  public static let tokensMax = 1_000_000_000

  /// Input tokens that were neither read from the prompt cache nor written to it.
  public let input: Int
  /// Output tokens.
  public let output: Int
  /// Input tokens that were read from the prompt cache; they are not part of the final cost.
  public let cacheRead: Int
  /// Input tokens that were written to the prompt cache.
  public let cacheWrite: Int

  /// Numbers of tokens; what lies outside 0 to ``tokensMax`` becomes the nearest of the two.
  public init(input: Int, output: Int, cacheRead: Int = 0, cacheWrite: Int = 0) {
    func clamped(_ tokens: Int) -> Int { min(max(tokens, 0), Self.tokensMax) }
    self.input = clamped(input)
    self.output = clamped(output)
    self.cacheRead = clamped(cacheRead)
    self.cacheWrite = clamped(cacheWrite)
  }

  /// All input tokens, including those read from and written to the prompt cache.
  public var totalInput: Int { input + cacheRead + cacheWrite }
}
