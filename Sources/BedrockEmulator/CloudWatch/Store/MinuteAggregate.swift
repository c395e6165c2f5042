/// The traffic of one model in one minute.
package struct MinuteAggregate: Sendable, Equatable {
  package var invocations = 0
  package var throttles = 0
  package var clientErrors = 0
  package var serverErrors = 0
  package var latency = SampleStatistics()
  package var firstToken = SampleStatistics()
  package var inputTokens = SampleStatistics()
  package var outputTokens = SampleStatistics()
  package var cacheReadTokens = SampleStatistics()
  package var cacheWriteTokens = SampleStatistics()
  package var quotaTokens = SampleStatistics()

  package init() {}

  /// Empty if the metric has no sample in this minute.
  package func statistics(_ metric: BedrockMetric) -> SampleStatistics {
    switch metric {
    case .invocations: .events(invocations)
    case .throttles: .events(throttles)
    case .clientErrors: .events(clientErrors)
    case .serverErrors: .events(serverErrors)
    case .latency: latency
    case .firstToken: firstToken
    case .inputTokens: inputTokens
    case .outputTokens: outputTokens
    case .cacheReadTokens: cacheReadTokens
    case .cacheWriteTokens: cacheWriteTokens
    case .quotaTokens: quotaTokens
    }
  }
}
