import AdmissionControl
import BedrockQuotas

/// Counts for ``ClientStatistics``.
struct StatisticsRecorder: Sendable {
  private(set) var counts = ClientStatistics()
  private var waited = LatencyHistogram()
  private var took = LatencyHistogram()
  private var requestsPerMinute = LastMinute()
  private var tokensPerMinute = LastMinute()
  private let start = ContinuousClock.now

  mutating func update(_ change: (inout ClientStatistics) -> Void) { change(&counts) }

  mutating func sent() {
    counts.attempted += 1
    requestsPerMinute.add(1, second: second)
  }

  mutating func ended(waited: Duration, took: Duration) {
    self.waited.record(waited)
    self.took.record(took)
  }

  mutating func used(input: Int, output: Int, quotaTokens: Int64, isEstimate: Bool) {
    counts.inputTokens += input
    counts.outputTokens += output
    counts.quotaTokens += quotaTokens
    if isEstimate { counts.estimated += 1 }
    tokensPerMinute.add(quotaTokens, second: second)
  }

  private var second: Int64 { start.duration(to: .now).components.seconds }

  func statistics(_ limits: [Limit]) -> ClientStatistics {
    var result = counts
    result.waited = waited.percentiles
    result.took = took.percentiles
    guard second >= 60 else { return result }
    result.quotas = limits.compactMap { limit in
      let used: Double
      switch limit.measure {
      case .requestsPerMinute: used = Double(requestsPerMinute.sum(at: second))
      case .tokensPerMinute: used = Double(tokensPerMinute.sum(at: second))
      default: return nil
      }
      guard limit.value > 0 else { return nil }
      return .init(
        measure: limit.measure.quotaMeasure, limit: Double(limit.value), used: used, utilization: used / Double(limit.value))
    }
    return result
  }
}
