public import BedrockQuotas
public import Foundation

/// What a pool of ids used in a window, set against the quotas that apply to it.
///
/// Figures are sums of CloudWatch's datapoints. Figures per minute divide a period's sum by its minutes; those of an unfinished
/// period divide it by the time that has passed.
public struct UsageReport: Sendable {
  /// The id as it was given, or the one that stands for the pool.
  public var id: String
  /// The endpoint whose metrics and quotas these are.
  public var endpoint: QuotaEndpoint = .runtime
  /// Where it was used; nil where only one place is read.
  package var place: Place?
  /// The quotas that apply to the id.
  public var resolution: Resolution
  public var window: UsageWindow
  /// The usage of each series of the pool; only those with data.
  public var parts: [Part]
  /// The end of the last period with data; nil if CloudWatch has none at all, and then ``totals`` is nil as well.
  public var dataUntil: Date? { dataUntilSeconds.map { Date(timeIntervalSince1970: Double($0)) } }
  package var dataUntilSeconds: Int?
  /// The projects of bedrock-mantle, or the service tiers of bedrock-runtime; empty if they were not read or aren't told apart.
  public var shares: [Share] = []
  /// Percentiles for each series with data; empty if they were not read. bedrock-mantle publishes none.
  public var latencies: [Latency] = []
  /// The values of the dimension `ModelId` (`Model` on bedrock-mantle) that CloudWatch was asked for.
  public var series: [String]
  /// False if CloudWatch gave only a part of the data: the figures are too low then.
  public var isComplete: Bool
  public var totals: Totals?
  /// The minute with the most requests, accepted and throttled; on bedrock-mantle, completed ones.
  public var peakDemand: Demand?
  /// One for each quota that applies.
  public var peaks: [Peak] = []
  /// The highest minute of reservations, by the max_tokens that the caller gave; nil if it gave none.
  public var reservationPeak: Peak?
  /// The same if the reservation counts the burndown, which nobody outside AWS knows; nil if the burndown is 1 or unknown.
  public var reservationPeakUpper: Peak?
  /// nil if nothing was throttled.
  public var binding: Binding?
  /// Whether next to nothing was accepted in the minutes that throttled: used-up tokens per day look like that.
  public var isEverythingRefused = false
  /// The burndown that AWS's own sum implies, if it differs from the known one; nil if it doesn't, or no burndown explains it.
  public var impliedBurndown: Double?
  /// The average time of a request from start to end; nil if it was not read.
  public var averageLatency: Duration? { averageLatencyMilliseconds.map { .seconds($0 / 1_000) } }
  package var averageLatencyMilliseconds: Double?
  /// What a reader should know about these figures, in sentences.
  public var notes: [String] = []
  /// What would help, in sentences with figures.
  public var advice: [String] = []

  package var sums: UsageSeries
  /// Quota tokens per period, NaN if unknown; nil if they can't be told for this model.
  package var quotaTokens: [Double]?
  /// The higher of the formula and AWS's own sum per period, NaN if unknown: what peaks are of; nil if neither is known.
  package var countedTokens: [Double]?
}

extension UsageReport {
  /// Sums over the whole window.
  public struct Totals: Sendable, Equatable {
    /// Accepted requests, including those that failed later; on bedrock-mantle, those that were completed.
    public var invocations: Double
    /// Requests that were throttled. Every attempt of an SDK counts. nil on bedrock-mantle, which doesn't publish them.
    public var throttles: Double?
    public var clientErrors: Double
    /// nil on bedrock-mantle, which doesn't publish them.
    public var serverErrors: Double?
    /// Input tokens that were neither read from the prompt cache nor written to it. Token counts are nil if CloudWatch counts only
    /// the requests, as for imported models.
    public var inputTokens: Double?
    public var outputTokens: Double?
    public var cacheReadTokens: Double?
    public var cacheWriteTokens: Double?
    /// Final costs (see `RequestCost`), or AWS's own sum if the tokens or the burndown are unknown; nil if there is none either, and
    /// on bedrock-mantle, whose quotas count input and output apart.
    public var quotaTokens: Double?
    /// AWS's own sum, `EstimatedTPMQuotaUsage`; nil if there is none.
    public var estimatedQuotaTokens: Double?
    /// What is set against the quotas of tokens: in each period the higher of both; nil if neither is known.
    public var countedQuotaTokens: Double?

    /// Accepted and throttled requests; nil if the throttled ones are unknown.
    public var demand: Double? { throttles.map { invocations + $0 } }
    /// Throttled requests as a share of the demand, 0 to 1; nil without demand, or if it is unknown.
    public var throttleRate: Double? {
      guard let throttles, let demand, demand > 0 else { return nil }
      return throttles / demand
    }
    /// Input tokens per accepted request; nil without one, and if the tokens are unknown.
    public var averageInputTokens: Double? { perRequest(inputTokens) }
    /// Output tokens per accepted request; nil without one, and if the tokens are unknown.
    public var averageOutputTokens: Double? { perRequest(outputTokens) }

    func perRequest(_ tokens: Double?) -> Double? { invocations > 0 ? tokens.map { $0 / invocations } : nil }
  }

  /// The usage of one series of the pool.
  public struct Part: Sendable, Equatable {
    /// The value of the dimension `ModelId`.
    public var id: String
    public var invocations: Double
    /// nil if unknown, as in ``Totals``.
    public var throttles: Double?
    public var inputTokens: Double?
    public var outputTokens: Double?
  }

  /// Requests per minute, accepted and throttled; on bedrock-mantle, completed ones.
  public struct Demand: Sendable, Equatable {
    /// When the period began.
    public var at: Date { Date(timeIntervalSince1970: Double(atSeconds)) }
    package var atSeconds: Int
    /// Requests per minute.
    public var value: Double
  }

  /// The quota that was full in the minutes that throttled. Closed: CloudWatch either shows the quota or it doesn't.
  public enum Binding: Sendable, Equatable {
    case quota(QuotaMeasure)
    /// No quota that CloudWatch shows: reservations, bursts within a minute, or Bedrock's capacity.
    ///
    /// `highest` is the largest average usage of a quota in those minutes, as a share of it; nil if no quota is known.
    case invisible(highest: Double?)
  }
}
