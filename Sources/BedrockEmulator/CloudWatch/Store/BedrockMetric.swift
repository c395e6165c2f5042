/// The metrics of the namespace `AWS/Bedrock` that the emulator publishes, each by `ModelId` and across all models.
package enum BedrockMetric: String, CaseIterable, Sendable {
  /// Accepted requests, including those that failed later.
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
  /// The final cost in quota tokens: input + cache write + burndown × output. Not the reservation.
  case quotaTokens = "EstimatedTPMQuotaUsage"

  package static let namespace = "AWS/Bedrock"
  static let modelDimension = "ModelId"

  package var unit: String {
    switch self {
    case .latency, .firstToken: "Milliseconds"
    default: "Count"
    }
  }
}
