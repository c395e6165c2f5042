import AdmissionControl
import BedrockQuotas

/// Counts for ``ClientStatistics``, from the actions of requests.
struct StatisticsRecorder: Sendable {
  private var counts = ClientStatistics()
  private var waited = LatencyHistogram()
  private var took = LatencyHistogram()
  private var requestsPerMinute = LastMinute()
  private var tokensPerMinute = LastMinute()
  private var outputPerMinute = LastMinute()
  private let startedAt: Duration

  init(at now: Duration) { startedAt = now }

  /// Counts a request that a caller has made.
  mutating func began() { counts.requests += 1 }

  /// A request goes on at another client, which counts it from now on.
  mutating func left() { counts.requests -= 1 }

  /// Records the action that an event of a request led to.
  /// - Parameters:
  ///   - isReserved: whether the request is of the tier `reserved`, which counts as a request of the quotas only when a reply says so.
  ///   - isEnd: whether the end of its course is that of the request; not if another attempt of it decides.
  mutating func record(_ action: RequestCourse.Action, isReserved: Bool = false, isEnd: Bool = true, at now: Duration) {
    if action.isThrottle { counts.throttled += 1 }
    switch action {
    case .send(_, let cause):
      counts.attempted += 1
      if !isReserved { requestsPerMinute.add(1, second: second(now)) }
      if cause != .start { counts.retries += 1 }
      if cause == .loss { counts.mayBePaidTwice += 1 }
    case .resend(_, let charge, _): record(charge, at: now)
    case .settle(_, let charge, let end):
      if let charge { record(charge, at: now) }
      if isEnd { record(end) }
    case .giveUp(_, _, let end): if isEnd { record(end) }
    case .none, .countTokens, .reserve, .retry, .update, .pause: break
    }
  }

  private mutating func record(_ charge: RequestCourse.Charge, at now: Duration) {
    counts.inputTokens += charge.usage.input
    counts.outputTokens += charge.usage.output
    counts.quotaTokens += charge.quotaTokens
    if charge.isEstimate { counts.estimated += 1 }
    if charge.isLost { counts.mayBePaid += 1 }
    if charge.endedByQuota { counts.endedByQuota += 1 }
    if let isReserved = charge.isReserved {
      counts.reserved.add(charge.usage, isServed: isReserved)
      if !isReserved { requestsPerMinute.add(1, second: second(now)) }
    }
    outputPerMinute.add(Int64(charge.usage.output), second: second(now))
    tokensPerMinute.add(charge.quotaTokens, second: second(now))
  }

  private mutating func record(_ end: RequestCourse.End) {
    switch end.result {
    case .succeeded: counts.succeeded += 1
    case .failed: counts.failed += 1
    case .refused:
      counts.failed += 1
      counts.refused += 1
    }
    waited.record(end.waited)
    took.record(end.took)
  }

  /// Quota tokens of the replies that were settled in the last 60 s.
  func quotaTokensOfLastMinute(at now: Duration) -> Int64 { tokensPerMinute.sum(at: second(now)) }

  /// Whole seconds since the start.
  private func second(_ now: Duration) -> Int64 { (now - startedAt).components.seconds }

  func statistics(_ limits: [Limit], at now: Duration) -> ClientStatistics {
    let second = second(now)
    var statistics = counts
    statistics.waited = waited.percentiles
    statistics.took = took.percentiles
    guard second >= 60 else { return statistics }
    statistics.quotas = limits.compactMap { limit in
      let used: Double
      switch limit.measure {
      case .requestsPerMinute: used = Double(requestsPerMinute.sum(at: second))
      case .tokensPerMinute, .inputTokensPerMinute: used = Double(tokensPerMinute.sum(at: second))
      case .outputTokensPerMinute: used = Double(outputPerMinute.sum(at: second))
      default: return nil
      }
      guard limit.value > 0 else { return nil }
      return .init(
        measure: limit.measure.quotaMeasure, limit: Double(limit.value), used: used, utilization: used / Double(limit.value))
    }
    return statistics
  }
}
