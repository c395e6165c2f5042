import AdmissionControl
public import BedrockQuotas

/// What the requests of a client came to, since it was made.
public struct ClientStatistics: Sendable, Equatable {
  /// In seconds.
  public struct Percentiles: Sendable, Equatable {
    public var p50: Double
    public var p90: Double
    public var p99: Double
    public var max: Double
  }

  /// A quota, and what the last minute used of it.
  public struct QuotaUse: Sendable, Equatable {
    public var measure: QuotaMeasure
    /// Requests or tokens per minute.
    public var limit: Double
    /// Of the last 60 s. Tokens are what settled replies came to: reservations of requests under way are not in it.
    public var used: Double
    /// `used / limit`
    public var utilization: Double
  }

  /// Requests that were asked for.
  public var requests = 0
  public var succeeded = 0
  public var failed = 0
  /// Of those that failed: never sent, for a quota, a deadline or a full queue.
  public var refused = 0
  /// Times that a request was sent.
  public var attempted = 0
  /// Attempts that Bedrock refused for a quota.
  public var throttled = 0
  /// Attempts after the first.
  public var retries = 0
  public var inputTokens = 0
  public var outputTokens = 0
  /// What the quota was charged: input + cache write + burndown × output.
  public var quotaTokens: Int64 = 0
  /// Replies that didn't say what they used, so that it is an estimate.
  public var estimated = 0
  /// How long requests waited for the quota, all their attempts together; nil before the first has ended.
  public var waited: Percentiles?
  /// How long requests took, waiting included.
  public var took: Percentiles?
  /// Quotas per minute; empty in the first minute.
  public var quotas: [QuotaUse] = []

  /// Of the requests that have ended; nil before the first has.
  public var successRate: Double? { succeeded + failed > 0 ? Double(succeeded) / Double(succeeded + failed) : nil }
}

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

/// A sum over the last sixty whole seconds.
private struct LastMinute: Sendable {
  private var slots = [(second: Int64, sum: Int64)](repeating: (-1, 0), count: 61)

  mutating func add(_ value: Int64, second: Int64) {
    let index = Int(second % 61)
    if slots[index].second != second { slots[index] = (second, 0) }
    slots[index].sum += value
  }

  /// The second that has begun is left out.
  func sum(at second: Int64) -> Int64 {
    slots.reduce(0) { $1.second >= second - 60 && $1.second < second ? $0 + $1.sum : $0 }
  }
}
