public import BedrockQuotas
public import Foundation

extension UsageReport {
  /// The highest usage of one quota: in a minute, or for tokens per day in 24 hours.
  public struct Peak: Sendable, Equatable {
    public var measure: QuotaMeasure
    /// nil if no quota of this measure is known.
    public var code: String?
    public var adjustable: Bool?
    /// The quota's effective value: doubled if its name says so and the id is a geographic profile; nil if unknown.
    public var quota: Double?
    /// The value that AWS lists for the account; nil if it lists only the default.
    public var appliedValue: Double?
    /// When that minute, or those 24 hours, began; nil if the usage is unknown.
    public var at: Date? { atSeconds.map { Date(timeIntervalSince1970: Double($0)) } }
    package var atSeconds: Int?
    /// Requests or tokens in that minute or those 24 hours.
    public var value: Double?
    /// Percentiles over the minutes with data; nil for tokens per day.
    public var p50: Double?
    public var p90: Double?
    public var p99: Double?
    /// Minutes that used more than 80 % of the quota.
    public var minutesAbove80: Double?
    /// The peak by input + cache write + burndown × output; nil unless AWS's own count differs.
    public var formulaValue: Double?
    /// The peak by AWS's EstimatedTPMQuotaUsage; nil unless it differs from the formula.
    public var metricValue: Double?
    /// Why the usage is unknown.
    public var note: String?
    /// False for the quota that AWS accounts by price, over all models.
    var isByTokens = true

    /// `value / quota`; above 1 if a full bucket admitted more than one minute's quota.
    public var utilization: Double? { share(value) }
    /// `p99 / quota`.
    public var p99Utilization: Double? { share(p99) }

    private func share(_ value: Double?) -> Double? {
      guard let value, let quota, quota > 0 else { return nil }
      // A quota close to 0 would give infinity, which JSON can't express.
      return min(value / quota, .greatestFiniteMagnitude)
    }
  }

  /// The peak of a measure: of two, the one whose quota is 0, or else whose usage is known.
  package func peak(_ measure: QuotaMeasure) -> Peak? {
    let found = peaks.filter { $0.measure == measure }
    return found.first { $0.quota == 0 } ?? found.first { $0.value != nil } ?? found.first
  }
}
