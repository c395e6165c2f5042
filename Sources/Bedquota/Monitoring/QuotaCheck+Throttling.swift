import BedrockQuotas

extension QuotaCheck {
  /// From which share of throttled requests on a check warns, 0.01: one in a hundred. The value is our choice: SDKs retry, so
  /// fewer mean a little delay.
  public static let throttledHigh = 0.01
  /// From which share of throttled requests on a check is critical, 0.1: one in ten. The value is our choice.
  public static let throttledFull = 0.1

  /// The verdict on the throttled requests of an id, whatever quota throttled them; nil if none was.
  package func throttling(_ report: UsageReport) -> Verdict? {
    guard let totals = report.totals, let throttles = totals.throttles, throttles > 0, let rate = totals.throttleRate
    else { return nil }
    let status: Status = rate >= throttleCritical ? .critical : rate >= throttleWarning ? .warning : .ok
    var verdict = Verdict(id: report.id, status: status, throttles: throttles, throttleRate: rate)
    verdict.isThrottling = true
    verdict.note = Self.cause(report)
    return verdict
  }

  /// What the throttles point to, in a few words.
  private static func cause(_ report: UsageReport) -> String? {
    switch report.binding {
    case .quota(let measure)?:
      guard let peak = report.peak(measure) else { return nil }
      let code = peak.code.map { " (\($0))" } ?? ""
      return peak.quota == 0 ? "\(measure.words)\(code) are 0" : "\(measure.words)\(code) were used up"
    case .invisible?:
      guard report.isEverythingRefused else { return "no quota that CloudWatch shows was full" }
      let codes = report.peaks.filter { $0.measure == .tpd }.compactMap(\.code).joined(separator: ", ")
      return "looks like used-up tokens per day\(codes.isEmpty ? "" : " (\(codes))")"
    case nil: return nil
    }
  }
}
