import AWSWire
import BedrockQuotas

extension TokenUsage {
  /// The final cost in quota tokens; see `RequestCost`. It can't overflow, because the counts are clamped.
  /// - Parameter burndown: quota tokens per output token; outside 1 to 1,000 it is clamped.
  func quotaTokens(burndown: Int) -> Int64 {
    RequestCost.final(
      input: Int64(input), cacheWrite: Int64(cacheWrite), output: Int64(output), burndown: Int64(min(max(burndown, 1), 1_000)))
  }
}
