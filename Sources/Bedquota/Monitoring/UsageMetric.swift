/// What CloudWatch counts of a model, in the namespace `AWS/Bedrock`.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html. Metrics named `InvokeModel` or
/// `InvokeModelThrottled`, which tutorials show, don't exist.
package enum UsageMetric: Int, CaseIterable, Sendable {
  /// Requests accepted for processing, those included that failed later; no throttled ones.
  case invocations
  case throttles
  case clientErrors
  case serverErrors
  case inputTokens
  case outputTokens
  case cacheReadTokens
  case cacheWriteTokens
  /// AWS's own sum of quota tokens: settled, without reservations.
  case estimatedQuotaTokens
  /// Milliseconds of all requests together.
  case latency

  package static let namespace = "AWS/Bedrock"
  package static let dimension = "ModelId"

  /// What the metric is called. Where AWS has had two names, both, the newest first; they are the same count, never to be added.
  package var names: [String] {
    switch self {
    case .invocations: ["Invocations"]
    case .throttles: ["InvocationThrottles"]
    case .clientErrors: ["InvocationClientErrors"]
    case .serverErrors: ["InvocationServerErrors"]
    case .inputTokens: ["InputTokenCount"]
    case .outputTokens: ["OutputTokenCount"]
    case .cacheReadTokens: ["CacheReadInputTokenCount", "CacheReadInputTokens"]
    case .cacheWriteTokens: ["CacheWriteInputTokenCount", "CacheWriteInputTokens"]
    case .estimatedQuotaTokens: ["EstimatedTPMQuotaUsage"]
    case .latency: ["InvocationLatency"]
    }
  }
}
