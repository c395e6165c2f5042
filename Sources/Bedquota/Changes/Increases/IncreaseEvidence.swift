import BedrockQuotas
public import Foundation

/// What AWS asks for with a request to increase a quota, from CloudWatch's figures.
///
/// Steady figures are medians of the minutes with traffic, peaks the busiest minute.
public struct IncreaseEvidence: Sendable, Equatable {
  /// A figure per minute, or per day.
  public struct Rate: Sendable, Equatable {
    /// The median of the periods with traffic; nil for a figure per day.
    public var steady: Double?
    public var peak: Double?
    /// When the peak was.
    public var peakAt: Date? { peakAtSeconds.map { Date(timeIntervalSince1970: Double($0)) } }
    package var peakAtSeconds: Int?
  }

  /// The time that the figures are of.
  public var window: UsageWindow
  /// Quota tokens; nil if CloudWatch has none.
  public var tokensPerMinute: Rate?
  /// Quota tokens of the busiest 24 hours; nil if CloudWatch has none, the window is shorter, or no quota per day is known.
  public var tokensPerDay: Rate?
  /// Accepted requests; nil if CloudWatch has none.
  public var requestsPerMinute: Rate?
  /// Requests in the busiest minute, accepted and throttled.
  public var peakDemand: Double?
  public var requests: Double
  public var throttles: Double
  public var throttleRate: Double?
  /// nil if CloudWatch doesn't count tokens, as with images.
  public var averageInputTokens: Double?
  public var averageOutputTokens: Double?
  /// Quota tokens of an average request.
  public var averageQuotaTokens: Double?
  /// The quota that was full in the minutes that throttled; nil if nothing was throttled.
  public var binding: UsageReport.Binding?

  /// Whether the window can hold the busiest 24 hours.
  var isADay: Bool { window.endSeconds - window.startSeconds >= 86_400 }

  /// nil if there was no traffic.
  init?(_ report: UsageReport) {
    guard let totals = report.totals, let demand = totals.demand, let throttles = totals.throttles, demand > 0 else { return nil }
    window = report.window
    func rate(_ measure: QuotaMeasure) -> Rate? {
      guard let peak = report.peak(measure), peak.value != nil else { return nil }
      return Rate(steady: peak.p50, peak: peak.value, peakAtSeconds: peak.atSeconds)
    }
    (tokensPerMinute, requestsPerMinute) = (rate(.tpm), rate(.rpm))
    peakDemand = report.peakDemand?.value
    (requests, self.throttles, throttleRate) = (demand, throttles, totals.throttleRate)
    (averageInputTokens, averageOutputTokens) = (totals.averageInputTokens, totals.averageOutputTokens)
    averageQuotaTokens = totals.perRequest(totals.countedQuotaTokens)
    binding = report.binding
    tokensPerDay = isADay ? rate(.tpd) : nil
  }
}
