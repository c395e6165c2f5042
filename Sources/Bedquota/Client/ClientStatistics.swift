import AWSWire
public import BedrockQuotas

/// Counts and times of a client's requests since the client was made.
public struct ClientStatistics: Sendable, Equatable {
  /// Percentiles of times, to three digits.
  public struct Percentiles: Sendable, Equatable {
    public var p50: Duration
    public var p90: Duration
    public var p99: Duration
    public var max: Duration
  }

  /// A quota per minute, and how much of it the last minute used.
  public struct QuotaUse: Sendable, Equatable {
    /// `QuotaMeasure/rpm` or `QuotaMeasure/tpm`; on bedrock-mantle `QuotaMeasure/inputTPM` or `QuotaMeasure/outputTPM`.
    public var measure: QuotaMeasure
    /// Requests or quota tokens per minute; above 0.
    public var limit: Double
    /// Requests sent, or quota tokens of settled replies, over the last 60 s. The reservations of requests in flight are not
    /// included.
    public var used: Double
    /// `used / limit`
    public var utilization: Double
  }

  /// Replies to requests of the service tier `reserved`.
  public struct ReservedUse: Sendable, Equatable {
    /// Those that the reserved capacity served. They cost no quota tokens.
    public var served = 0
    /// The others: the capacity was full, or the reply didn't say which tier served it. They count on the quotas.
    public var overflowed = 0
    /// Input tokens of the served ones, without those of the prompt cache.
    public var inputTokens = 0
    /// Output tokens of the served ones.
    public var outputTokens = 0

    mutating func add(_ usage: TokenUsage, isServed: Bool) {
      guard isServed else { return overflowed += 1 }
      served += 1
      inputTokens += usage.input
      outputTokens += usage.output
    }
  }

  /// Requests that callers have made.
  public var requests = 0
  public var succeeded = 0
  /// Requests that ended with an error, including the ``refused`` ones.
  public var failed = 0
  /// Failed requests that were never sent, for a quota, a deadline or a full queue.
  public var refused = 0
  /// Attempts that were sent.
  public var attempted = 0
  /// Attempts that Bedrock throttled.
  public var throttled = 0
  /// Attempts after the first.
  public var retries = 0
  /// Input tokens, without those of the prompt cache.
  public var inputTokens = 0
  public var outputTokens = 0
  /// The final cost of all replies: input + cache write + burndown × output, without those that reserved capacity served.
  public var quotaTokens: Int64 = 0
  /// Replies that the service ended before max_tokens because the quota of output tokens was used up, on bedrock-mantle. They are
  /// among the ``succeeded`` ones.
  public var endedByQuota = 0
  /// What became of requests of the service tier `reserved`. They are in the other counts too.
  public var reserved = ReservedUse()
  /// Replies that didn't report their usage, and replies that were lost, so their tokens are estimates.
  public var estimated = 0
  /// Attempts that were sent whole and whose reply, or the rest of it, was lost: the service may charge for them. Their tokens are
  /// in the counts above.
  public var mayBePaid = 0
  /// Those of ``mayBePaid`` after which the same request was sent again, so that it may be paid twice.
  public var mayBePaidTwice = 0
  /// How long requests waited for the quota, over all their attempts; nil until the first request has ended.
  public var waited: Percentiles?
  /// How long requests took, including waiting; nil until the first request has ended.
  public var took: Percentiles?
  /// Quotas per minute; empty in the client's first minute.
  public var quotas: [QuotaUse] = []

  /// The share of ended requests that succeeded, from 0 to 1; nil until the first request has ended.
  public var successRate: Double? { succeeded + failed > 0 ? Double(succeeded) / Double(succeeded + failed) : nil }
}
