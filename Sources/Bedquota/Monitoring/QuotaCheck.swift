public import BedrockQuotas
public import Foundation

/// Judges how full quotas are and how many requests were throttled: a verdict for each quota of each report, and one on the
/// throttled requests of each report that has some. Pure.
///
/// ```swift
/// let verdicts = QuotaCheck(warning: 0.7).verdicts(on: read.reports)
/// if verdicts.contains(where: { $0.status == .critical }) { page(someone) }
/// ```
public struct QuotaCheck: Sendable {
  /// The minute that is judged. Closed.
  public enum Statistic: String, Sendable, CaseIterable {
    /// The highest.
    case peak
    /// The 99th percentile.
    case p99
  }

  /// The four states of monitoring plugins (Nagios). Closed.
  public enum Status: String, Sendable { case ok, warning, critical, unknown }

  /// How full one quota is, or how much was throttled.
  public struct Verdict: Sendable, Equatable {
    /// The id of the report.
    public var id: String
    /// Where it was used; nil where only one place is read.
    package var place: Place?
    /// The endpoint of the report.
    public var endpoint: QuotaEndpoint = .runtime
    /// nil if no quota of the id is known, and for the verdict on its throttled requests.
    public var measure: QuotaMeasure?
    public var code: String?
    public var status: Status
    /// Requests or tokens per minute, or tokens in 24 hours; nil if nothing was used.
    public var value: Double?
    /// The quota's effective value; nil if unknown.
    public var quota: Double?
    /// The value that AWS lists for the account; nil if it lists only the default.
    public var appliedValue: Double?
    /// `value / quota`.
    public var utilization: Double?
    /// When the peak began; nil for a percentile.
    public var at: Date? { atSeconds.map { Date(timeIntervalSince1970: Double($0)) } }
    package var atSeconds: Int?
    /// Throttled requests, whichever quota throttled them; nil on bedrock-mantle, which doesn't publish them.
    public var throttles: Double?
    /// Throttled requests as a share of all requests, 0 to 1; nil without requests.
    public var throttleRate: Double?
    /// Whether the verdict is on the throttled requests of the id.
    public var isThrottling = false
    /// The peak by our formula, and by AWS's EstimatedTPMQuotaUsage; nil unless they differ. The higher one is judged.
    public var formulaValue: Double?
    public var metricValue: Double?
    /// Why the status is unknown; of throttled requests, what they point to.
    public var note: String?
  }

  /// The verdict is a warning at or above this share of a quota.
  public var warning: Double
  /// The verdict is critical at or above this share of a quota.
  public var critical: Double
  /// The verdict on throttled requests is a warning at or above this share of all requests.
  public var throttleWarning: Double
  /// The verdict on throttled requests is critical at or above this share of all requests.
  public var throttleCritical: Double
  public var statistic: Statistic

  /// - Parameters:
  ///   - warning: above 0.
  ///   - critical: not below `warning`.
  ///   - throttleWarning: above 0.
  ///   - throttleCritical: not below `throttleWarning`; above 1: throttled requests are never critical.
  ///   - statistic: the figure of the window that is compared.
  public init(
    warning: Double = UtilizationLevel.high, critical: Double = UtilizationLevel.full,
    throttleWarning: Double = Self.throttledHigh, throttleCritical: Double = Self.throttledFull, statistic: Statistic = .peak
  ) {
    self.warning = warning
    self.critical = critical
    self.throttleWarning = throttleWarning
    self.throttleCritical = throttleCritical
    self.statistic = statistic
  }

  /// The verdicts, the worst first.
  ///
  /// Quotas whose usage CloudWatch never shows are left out. Tokens per day are judged if the window has at least 24 hours, or if
  /// the quota is 0.
  public func verdicts(on reports: [UsageReport]) -> [Verdict] {
    let order: [Status] = [.critical, .warning, .unknown, .ok]
    let verdicts = reports.flatMap { report in
      ([self.throttling(report)].compactMap(\.self) + self.judge(report)).map { verdict in
        var verdict = verdict
        (verdict.place, verdict.endpoint) = (report.place, report.endpoint)
        return verdict
      }
    }
    return order.flatMap { status in verdicts.filter { $0.status == status } }
  }

  private func judge(_ report: UsageReport) -> [Verdict] {
    let throttles = report.endpoint == .mantle ? nil : report.totals?.throttles ?? 0
    let isDay = report.window.endSeconds - report.window.startSeconds >= 86_400
    let judged = report.peaks.filter { peak in
      switch peak.measure {
      case .rpm, .tpm, .inputTPM, .outputTPM: peak.quota != nil
      case .tpd: peak.quota != nil && (peak.quota == 0 || peak.isByTokens && isDay)
      default: false
      }
    }
    guard !judged.isEmpty else {
      return [
        Verdict(
          id: report.id, status: .unknown, throttles: throttles, throttleRate: report.totals?.throttleRate,
          note: Self.whyUnknown(report))
      ]
    }
    return judged.map { verdict($0, report, throttles: throttles) }
  }

  private static func whyUnknown(_ report: UsageReport) -> String {
    if let code = report.peaks.first(where: { $0.measure == .concurrent && $0.quota != nil })?.code {
      return "CloudWatch doesn't show the use of its only quota, of requests in flight (\(code))"
    }
    return "no quota of it is known.\(report.resolution.note.map { " \($0)" } ?? "")"
  }

  private func verdict(_ peak: UsageReport.Peak, _ report: UsageReport, throttles: Double?) -> Verdict {
    let isPercentile = statistic == .p99 && peak.p99 != nil
    let utilization = isPercentile ? peak.p99Utilization : peak.utilization
    var verdict = Verdict(
      id: report.id, measure: peak.measure, code: peak.code, status: .ok, value: isPercentile ? peak.p99 : peak.value,
      quota: peak.quota, appliedValue: peak.appliedValue, utilization: utilization,
      atSeconds: isPercentile ? nil : peak.atSeconds, throttles: throttles,
      throttleRate: report.totals?.throttleRate)
    if !isPercentile { (verdict.formulaValue, verdict.metricValue) = (peak.formulaValue, peak.metricValue) }
    if peak.quota == 0 {
      verdict.status = throttles ?? 0 > 0 ? .critical : .ok
    } else if let utilization, utilization >= warning {
      verdict.status = utilization >= critical ? .critical : .warning
    } else if !report.isComplete {
      (verdict.status, verdict.note) = (.unknown, "CloudWatch gave a part of the data only")
    } else if utilization == nil, report.totals != nil {
      (verdict.status, verdict.note) = (.unknown, peak.note ?? "its usage is not known")
    }
    return verdict
  }
}
