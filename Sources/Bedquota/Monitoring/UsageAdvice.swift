import BedrockQuotas

/// Advice for a model that was throttled or nearly throttled, in sentences with figures.
struct UsageAdvice {
  let report: UsageReport

  var lines: [String] {
    guard let totals = report.totals else { return [] }
    var lines: [String] = []
    switch report.binding {
    case .quota(let measure)?: lines.append(full(measure))
    case .invisible(let highest)?: lines.append(invisible(highest, totals))
    case nil:
      for peak in report.peaks {
        guard let share = peak.utilization, share >= UtilizationLevel.high else { continue }
        lines.append(
          "Nothing was throttled, but \(peak.measure.words) reached \(NumberText.finePercent(share)) of the quota: \(raise(peak))."
        )
      }
    }
    if let share = report.reservationPeak?.utilization, share > 1 {
      lines.append(
        "With that max_tokens the highest minute reserved \(NumberText.finePercent(share)) of the tokens per minute before requests settled; a smaller max_tokens lets more requests be in flight."
      )
    }
    return lines
  }

  private func full(_ measure: QuotaMeasure) -> String {
    guard let peak = report.peaks.first(where: { $0.measure == measure }) else { return "" }
    if peak.quota == 0 {
      return
        "The quota \(peak.code ?? "") is 0, so every request is throttled. Open a case with AWS Support; new accounts often start with a quota of 0."
    }
    return "In the minutes that throttled, \(measure.words) were used up: \(raise(peak))."
  }

  /// How to raise a quota, or which other quotas there are.
  private func raise(_ peak: UsageReport.Peak) -> String {
    guard let code = peak.code else { return "no quota of it is known" }
    if peak.adjustable == true { return "\(code) can be raised through Service Quotas" }
    let others =
      switch report.resolution.scope {
      case .onDemand: "; inference profiles (us., eu., apac., global.) have quotas of their own"
      case .crossRegion: "; a global. profile has quotas of its own"
      default: ""
      }
    return peak.adjustable == false ? "\(code) can't be raised through Service Quotas\(others)" : "the quota is \(code)\(others)"
  }

  private func invisible(_ highest: Double?, _ totals: UsageReport.Totals) -> String {
    guard let highest else { return "Which quota throttled can't be told, for none is known." }
    let output =
      totals.averageOutputTokens.map { ", near the \(NumberText.whole($0.rounded(.up))) output tokens of an average request" }
      ?? ""
    return
      "In the minutes that throttled, the fullest quota was used to \(NumberText.finePercent(highest)) on average, so what binds is something that CloudWatch doesn't show: reservations of max_tokens, bursts within a minute, or Bedrock's own capacity. Set max_tokens low\(output), and spread requests evenly."
  }
}
