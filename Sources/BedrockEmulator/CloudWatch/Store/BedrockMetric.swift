/// The metrics of the namespace `AWS/Bedrock` that the emulator publishes, each by `ModelId` and across all models.
package enum BedrockMetric: String, CaseIterable, Sendable {
  /// Requests accepted for processing, those included that failed later.
  case invocations = "Invocations"
  case throttles = "InvocationThrottles"
  case clientErrors = "InvocationClientErrors"
  case serverErrors = "InvocationServerErrors"
  case latency = "InvocationLatency"
  case firstToken = "TimeToFirstToken"
  case inputTokens = "InputTokenCount"
  case outputTokens = "OutputTokenCount"
  case cacheReadTokens = "CacheReadInputTokenCount"
  case cacheWriteTokens = "CacheWriteInputTokenCount"
  /// input + cache write + burndown × output: what the quota was charged in the end, not what was reserved.
  case quotaTokens = "EstimatedTPMQuotaUsage"

  package static let namespace = "AWS/Bedrock"
  package static let modelDimension = "ModelId"

  package var unit: String {
    switch self {
    case .latency, .firstToken: "Milliseconds"
    default: "Count"
    }
  }
}
