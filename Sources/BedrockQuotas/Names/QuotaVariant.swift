/// A form of invocation that has quotas apart from the model's ordinary ones.
public enum QuotaVariant: String, Sendable, Codable {
  /// Requests that use the 1-million-token context window.
  case context1M = "1m-context"
  /// `performanceConfig.latency = optimized`.
  case latencyOptimized = "latency-optimized"
  /// The bedrock-mantle endpoint.
  case mantle
}
