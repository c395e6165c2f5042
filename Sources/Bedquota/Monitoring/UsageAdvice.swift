import BedrockQuotas

/// What would help a model that was throttled, or nearly: sentences with figures.
struct UsageAdvice {
  let report: UsageReport

  var lines: [String] {
    guard let totals = report.totals else { return [] }
    var lines: [String] = []
    if let binding = report.binding {
      switch binding {
      case .quota(let measure): lines.append(full(measure))
      case .invisible(let highest): lines.append(invisible(highest, totals))
      }
    } else {
      for peak in report.peaks where (peak.utilization ?? 0) >= 0.8 {
        lines.append(
          "Nothing was throttled, but \(NoteFigures.name(peak.measure)) reached \(NoteFigures.percent(peak.utilization!)) of the quota: \(raise(peak))."
        )
      }
    }
    if let peak = report.reservationPeak, let share = peak.utilization, share > 1 {
      lines.append(
        "With that max_tokens the worst minute reserved \(NoteFigures.percent(share)) of the tokens per minute before it gave the rest back; a smaller max_tokens lets more requests run at once."
      )
    }
    return lines
  }

  private func full(_ measure: QuotaMeasure) -> String {
    guard let peak = report.peaks.first(where: { $0.measure == measure }) else { return "" }
    if peak.quota == 0 {
      return
        "The quota \(peak.code ?? "") is 0, so every request is throttled: open a case with AWS Support, for new accounts often start so."
    }
    return "In the minutes that throttled, \(NoteFigures.name(measure)) were used up: \(raise(peak))."
  }

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
      totals.averageOutputTokens.map { ", near the \(NoteFigures.whole($0.rounded(.up))) output tokens of an average request" }
      ?? ""
    return
      "In the minutes that throttled, on average \(NoteFigures.percent(highest)) of the fullest quota was used. What CloudWatch doesn't show is what binds: reservations of max_tokens, bursts within a minute, or Bedrock's own capacity. Set max_tokens low\(output), and spread requests evenly."
  }
}
