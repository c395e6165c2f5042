/// The metrics of a model in CloudWatch's namespace `AWS/Bedrock`.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html. Metrics named `InvokeModel` or
/// `InvokeModelThrottled`, which tutorials show, don't exist.
package enum UsageMetric: Int, CaseIterable, Sendable {
  /// Accepted requests, including those that failed later; throttled requests are not included.
  case invocations
  case throttles
  case clientErrors
  case serverErrors
  case inputTokens
  case outputTokens
  case cacheReadTokens
  case cacheWriteTokens
  /// AWS's own sum of quota tokens: final costs, without reservations.
  case estimatedQuotaTokens
  /// The time of a request from start to end, in milliseconds.
  case latency
  /// The time to the first token of a stream, in milliseconds.
  case firstToken

  /// The metrics that are read as sums; the others are times.
  package static let sums = allCases.filter { $0 != .latency && $0 != .firstToken }

  /// The metrics that count tokens as they are.
  package static let tokens: [UsageMetric] = [.inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens]

  package static let namespace = "AWS/Bedrock"
  package static let dimension = "ModelId"

  /// The metric's names, the newest first. AWS has had two for some metrics; both count the same, so they are never added.
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
    case .firstToken: ["TimeToFirstToken"]
    }
  }

  /// What ``Facts`` call the count where they list bedrock-mantle's metrics; nil for what that endpoint doesn't publish.
  var factName: String? {
    switch self {
    case .invocations: "requests"
    case .clientErrors: "clientErrors"
    case .inputTokens: "inputTokens"
    case .outputTokens: "outputTokens"
    default: nil
    }
  }
}
