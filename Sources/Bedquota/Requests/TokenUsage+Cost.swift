import AWSWire
import BedrockQuotas

extension TokenUsage {
  /// The final cost in quota tokens; see `RequestCost`. Token counts outside 0 to 10¹² are clamped.
  /// - Parameter burndown: quota tokens per output token, 1 to 1,000.
  func quotaTokens(burndown: Int) -> Int64 {
    func clamped(_ tokens: Int) -> Int64 { Int64(min(max(tokens, 0), 1_000_000_000_000)) }
    return RequestCost.final(
      input: clamped(input), cacheWrite: clamped(cacheWrite), output: clamped(output), burndown: Int64(burndown))
  }
}
