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
