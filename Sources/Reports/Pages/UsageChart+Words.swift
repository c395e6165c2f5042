import Bedquota
import BedrockQuotas
import Charts

/// What a chart says in words.
extension UsageChart {
  /// `55,453 requests, 2,404 throttled (4.34 %) · peak 130.00 % of the RPM quota, 54.00 % of the TPM quota · throttled by RPM`
  package var summary: String {
    guard let totals = report.totals else { return "No data for \(report.id)" }
    let used = Self.perMinute.compactMap { measure, name in
      report.peak(measure)?.utilization.map { "\(Figures.percent($0)) of the \(name) quota" }
    }
    let peak = used.isEmpty ? [] : ["peak \(used.joined(separator: ", "))"]
    return ([counts(totals)] + peak + (binding.map { ["throttled by \($0)"] } ?? [])).joined(separator: " · ")
  }

  private static let perMinute: [(QuotaMeasure, String)] = [
    (.rpm, "RPM"), (.tpm, "TPM"), (.inputTPM, "input TPM"), (.outputTPM, "output TPM"),
  ]

  /// The quota that throttled; nil if nothing was, or CloudWatch doesn't show it.
  private var binding: String? {
    guard case .quota(let measure)? = report.binding else { return nil }
    return Self.perMinute.first { $0.0 == measure }?.1 ?? measure.rawValue.uppercased()
  }

  private func counts(_ totals: UsageReport.Totals) -> String {
    if isMantle { return "\(Figures.grouped(totals.invocations)) completed requests" }
    let requests = "\(Figures.grouped(totals.demand)) requests"
    guard totals.throttles ?? 0 > 0 else { return "\(requests), none throttled" }
    return "\(requests), \(Figures.grouped(totals.throttles)) throttled (\(Figures.percent(totals.throttleRate)))"
  }

  func title(_ plot: UsagePlot) -> String {
    switch plot {
    case .requests: isMantle ? "Completed requests per minute" : "Requests per minute"
    case .tokens: isMantle ? "Tokens per minute" : "Quota tokens per minute"
    case .latency: "Latency in seconds"
    }
  }

  /// For a screen reader, which hears one plot at a time.
  func name(_ plot: UsagePlot) -> String { "\(title(plot)), \(report.placedID)" }

  /// The figures of a plot, for those who don't see it.
  func description(_ plot: UsagePlot) -> String {
    guard let totals = report.totals else { return "No data for \(report.id)" }
    switch plot {
    case .requests:
      let most = report.peakDemand.map { "at most \(Figures.short($0.value)) a minute" }
      let quota = report.peak(.rpm)?.quota.map { "the quota is \(Figures.short($0)) a minute" }
      return ([counts(totals)] + [most, quota].compactMap { $0 }).joined(separator: "; ")
    case .tokens:
      guard report.countedTokens != nil else { return "Quota tokens are not known for \(report.id)" }
      let all = isMantle ? [] : ["\(Figures.grouped(report.countedTotal)) quota tokens"]
      let peaks = Self.perMinute.dropFirst().compactMap { measure, name -> String? in
        guard let peak = report.peak(measure), let quota = peak.quota else { return nil }
        return "at most \(Figures.short(peak.value)) a minute; the \(name) quota is \(Figures.short(quota)) a minute"
      }
      return (all + peaks).joined(separator: "; ")
    case .latency:
      guard let latency = latency(.request) else { return noLatency }
      let figures = [("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99)].map {
        "\($0) \(Figures.milliseconds($1))"
      }
      return "Over all requests to \(latency.id): \(figures.joined(separator: ", "))"
    }
  }

  var noLatency: String { isMantle ? "bedrock-mantle publishes no latency" : "No latency for \(report.id)" }
}
