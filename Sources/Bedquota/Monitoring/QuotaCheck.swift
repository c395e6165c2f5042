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
    /// Why the status is unknown.
    public var note: String?
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

  /// What CloudWatch can't tell of any model is left out; a day's quota is judged where the window has a day, or where it is 0.
  ///
  /// The worst stand first.
  public func verdicts(on reports: [UsageReport]) -> [Verdict] {
    let order: [Status] = [.critical, .warning, .unknown, .ok]
    let verdicts = reports.flatMap { self.judge($0) }
    return order.flatMap { status in verdicts.filter { $0.status == status } }
  }

  private func judge(_ report: UsageReport) -> [Verdict] {
    let throttles = report.totals?.throttles ?? 0
    let isDay = report.window.end - report.window.start >= 86_400
    let judged = report.peaks.filter { peak in
      switch peak.measure {
      case .rpm, .tpm: peak.quota != nil
      case .tpd: peak.quota != nil && peak.isByTokens && (isDay || peak.quota == 0)
      default: false
      }
    }
    guard !judged.isEmpty else {
      let why = report.resolution.note.map { " \($0)" } ?? ""
      return [Verdict(id: report.id, status: .unknown, throttles: throttles, note: "no quota of it is known.\(why)")]
    }
    return judged.map { verdict($0, report, throttles: throttles) }
  }

  private func verdict(_ peak: UsageReport.Peak, _ report: UsageReport, throttles: Double) -> Verdict {
    let isPercentile = statistic == .p99 && peak.p99 != nil
    let utilization = isPercentile ? peak.p99Utilization : peak.utilization
    var verdict = Verdict(
      id: report.id, measure: peak.measure, code: peak.code, status: .ok, value: isPercentile ? peak.p99 : peak.value,
      quota: peak.quota, utilization: utilization, at: isPercentile ? nil : peak.at, throttles: throttles)
    if peak.quota == 0 {
      verdict.status = throttles > 0 ? .critical : .ok
    } else if let utilization, utilization >= warning {
      verdict.status = utilization >= critical ? .critical : .warning
    } else if !report.isComplete {
      (verdict.status, verdict.note) = (.unknown, "CloudWatch gave a part of the data only")
    } else if utilization == nil, report.totals != nil {
      (verdict.status, verdict.note) = (.unknown, peak.note ?? "its use is not known")
    }
    return verdict
  }
}
