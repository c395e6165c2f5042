public import BedrockQuotas

/// What one model's requests came to in a stretch of time, against the quotas that bind it.
public struct UsageReport: Sendable {
  /// Sums over the whole stretch.
  public struct Totals: Sendable, Equatable {
    /// Requests accepted for processing, failed ones included.
    public var invocations: Double
    /// Requests refused for a quota. SDKs that try again are counted each time.
    public var throttles: Double
    public var clientErrors: Double
    public var serverErrors: Double
    /// Neither read from the cache nor written to it.
    public var inputTokens: Double
    public var outputTokens: Double
    public var cacheReadTokens: Double
    public var cacheWriteTokens: Double
    /// input + cache write + burndown × output; nil where the burndown is not known and AWS gives no sum of its own.
    public var quotaTokens: Double?
    /// AWS's own sum, `EstimatedTPMQuotaUsage`; nil where there is none.
    public var estimatedQuotaTokens: Double?

    /// What was asked for: accepted and throttled requests.
    public var demand: Double { invocations + throttles }
    /// 0 to 1; nil where nothing was asked for.
    public var throttleRate: Double? { demand > 0 ? throttles / demand : nil }
    public var averageInputTokens: Double? { invocations > 0 ? inputTokens / invocations : nil }
    public var averageOutputTokens: Double? { invocations > 0 ? outputTokens / invocations : nil }
  }

  /// The use of one quota: per minute, and of tokens per day in any 24 hours.
  public struct Peak: Sendable, Equatable {
    public var measure: QuotaMeasure
    /// nil where no quota of this measure is known.
    public var code: String?
    public var adjustable: Bool?
    /// The quota in force, doubled where its name says so; nil where not known.
    public var quota: Double?
    /// Unix seconds: when the worst minute, or the worst 24 hours, began; nil where the use can't be known.
    public var at: Int?
    public var value: Double?
    /// Over the minutes that have data; nil for a day.
    public var p50: Double?
    public var p90: Double?
    public var p99: Double?
    /// Minutes in which more than 80 % of the quota was used.
    public var minutesAbove80: Double?
    /// Why the use is not known.
    public var note: String?
    /// False of the quota that AWS accounts by price, over all models.
    var isByTokens = true

    /// Of the quota; above 1 where a bucket that was full has paid more than a minute's worth.
    public var utilization: Double? { share(value) }
    public var p99Utilization: Double? { share(p99) }

    private func share(_ value: Double?) -> Double? {
      guard let value, let quota, quota > 0 else { return nil }
      return value / quota
    }
  }

  /// One series of the pool, on its own.
  public struct Part: Sendable, Equatable {
    /// The value of the dimension `ModelId`.
    public var id: String
    public var invocations: Double
    public var throttles: Double
    public var inputTokens: Double
    public var outputTokens: Double
  }

  /// Which quota was full in the minutes that throttled.
  public enum Binding: Sendable, Equatable {
    case quota(QuotaMeasure)
    /// None that CloudWatch shows: reservations or bursts within a minute, or capacity. With the highest mean use in those minutes.
    case invisible(highest: Double?)
  }

  /// The id as it was given, or the one that stands for the series.
  public var id: String
  public var resolution: Resolution
  public var window: UsageWindow
  /// The values of `ModelId` that were added up, and what each did; only those with data.
  public var parts: [Part]
  /// Unix seconds: CloudWatch has data to here; nil where it has none at all, and then ``totals`` is nil as well.
  public var dataUntil: Int?
  /// The values of `ModelId` that were looked for.
  public var series: [String]
  /// False where CloudWatch gave some of the data only: the figures are too low then.
  public var isComplete: Bool
  public var totals: Totals?
  /// Demand in the busiest minute: requests per minute.
  public var peakDemand: (at: Int, value: Double)?
  public var peaks: [Peak] = []
  /// What max_tokens would have reserved in the worst minute, where the caller said how much that is.
  public var reservationPeak: Peak?
  /// nil where nothing was throttled.
  public var binding: Binding?
  /// Milliseconds; nil where not asked for.
  public var averageLatency: Double?
  /// What a reader should know of these figures.
  public var notes: [String] = []
  /// What would help, with figures.
  public var advice: [String] = []

  package var counts: UsageSeries
  /// Per period; NaN where nothing is known. nil where quota tokens can't be told.
  package var quotaTokens: [Double]?
}
