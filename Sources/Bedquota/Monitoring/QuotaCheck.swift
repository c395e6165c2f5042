public import BedrockQuotas

/// Whether quotas are near their ends: a verdict for each quota of each report. Pure.
public struct QuotaCheck: Sendable {
  /// Which minute counts.
  public enum Statistic: String, Sendable, CaseIterable { case peak, p99 }

  /// As monitoring plugins name them.
  public enum Status: String, Sendable { case ok, warning, critical, unknown }

  public struct Verdict: Sendable, Equatable {
    public var id: String
    /// nil where no quota of the id is known.
    public var measure: QuotaMeasure?
    public var code: String?
    public var status: Status
    /// Per minute, or in 24 hours; nil where nothing was used.
    public var value: Double?
    public var quota: Double?
    /// Of the quota.
    public var utilization: Double?
    /// Unix seconds: when the worst minute began; nil for a percentile.
    public var at: Int?
    /// Requests refused, whatever the quota that did it.
    public var throttles: Double
  }

  /// Ratios of the quota, at and above which a verdict changes.
  public var warning: Double
  public var critical: Double
  public var statistic: Statistic

  /// - Parameters:
  ///   - warning: above 0.
  ///   - critical: not below `warning`.
  public init(warning: Double = 0.8, critical: Double = 0.95, statistic: Statistic = .peak) {
    self.warning = warning
    self.critical = critical
    self.statistic = statistic
  }

  /// A day's quota is judged only where the window has a day; what CloudWatch can't tell is left out.
  public func verdicts(on report: UsageReport) -> [Verdict] {
    let throttles = report.totals?.throttles ?? 0
    let isDay = report.window.end - report.window.start >= 86_400
    let judged = report.peaks.filter { peak in
      guard peak.quota != nil, peak.measure == .rpm || peak.measure == .tpm || (peak.measure == .tpd && isDay) else {
        return false
      }
      return peak.value != nil || (report.totals == nil && peak.note == nil)
    }
    guard !judged.isEmpty else { return [Verdict(id: report.id, status: .unknown, throttles: throttles)] }
    return judged.map { verdict($0, id: report.id, throttles: throttles) }
  }

  private func verdict(_ peak: UsageReport.Peak, id: String, throttles: Double) -> Verdict {
    let isPercentile = statistic == .p99 && peak.p99 != nil
    let value = isPercentile ? peak.p99 : peak.value
    let utilization = isPercentile ? peak.p99Utilization : peak.utilization
    let status: Status =
      if peak.quota == 0 {
        throttles > 0 ? .critical : .ok
      } else {
        (utilization ?? 0) >= critical ? .critical : (utilization ?? 0) >= warning ? .warning : .ok
      }
    return Verdict(
      id: id, measure: peak.measure, code: peak.code, status: status, value: value, quota: peak.quota, utilization: utilization,
      at: isPercentile ? nil : peak.at, throttles: throttles)
  }
}
