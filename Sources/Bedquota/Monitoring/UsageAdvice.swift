import BedrockQuotas

/// Advice for a model that was throttled or nearly throttled, in sentences with figures.
struct UsageAdvice {
  let report: UsageReport

  var lines: [String] {
    guard let totals = report.totals else { return [] }
    var lines: [String] = []
    switch report.binding {
    case .quota(let measure)?: lines.append(full(measure))
    case .invisible(let highest)?: lines.append(report.isEverythingRefused ? refused(highest) : invisible(highest, totals))
    case nil:
      for peak in report.peaks {
        guard let share = peak.utilization, share >= UtilizationLevel.high else { continue }
        let throttled = report.endpoint == .mantle ? "What was throttled isn't published, but" : "Nothing was throttled, but"
        lines.append(
          "\(throttled) \(peak.measure.words) reached \(NumberText.finePercent(share)) of the quota: \(raise(peak))."
        )
      }
    }
    return lines + [reserved].compactMap { $0 }
  }

  private func full(_ measure: QuotaMeasure) -> String {
    guard let peak = report.peak(measure) else { return "" }
    if peak.quota == 0 {
      return
        "The quota \(peak.code ?? "") (\(measure.words)) is 0, so every request is throttled. Open a case with AWS Support; new accounts often start with a quota of 0."
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

  /// Next to nothing was accepted, and no quota that CloudWatch shows was full: the sign of a day that is used up.
  private func refused(_ highest: Double?) -> String {
    let used =
      highest.map {
        "next to nothing was accepted, and the fullest quota per minute was used to \(NumberText.finePercent($0)) only"
      } ?? "next to nothing was accepted, and no quota per minute is known"
    let days = report.peaks.filter { $0.measure == .tpd }.map(day)
    let which = days.isEmpty ? "" : ": \(days.joined(separator: "; "))"
    return
      "In the minutes that throttled, \(used). Used-up tokens per day look like that (\"Too many tokens per day\")\(which). \(remedy)\(concurrency) A max_tokens that reserves more than all tokens per minute is refused like that, too."
  }

  private func day(_ peak: UsageReport.Peak) -> String {
    let code = peak.code ?? "the quota"
    guard let share = peak.utilization else {
      return "\(code)\(peak.isByTokens ? "" : ", which AWS accounts by price over all models and CloudWatch doesn't show")"
    }
    return "\(code), of which \(NumberText.finePercent(share)) was used in the part of a day that was read"
  }

  /// What to do about a day's quota.
  private var remedy: String {
    let days = report.peaks.filter { $0.measure == .tpd }
    if let adjustable = days.first(where: { $0.adjustable == true }) {
      return "\(raise(adjustable)); until the day is over, only other models and Regions help."
    }
    return "Tokens per day can't be raised through Service Quotas: wait for the next day, or open a case with AWS Support."
  }

  private func invisible(_ highest: Double?, _ totals: UsageReport.Totals) -> String {
    guard let highest else {
      return concurrency.isEmpty
        ? "Which quota throttled can't be told, for none is known."
        : "No quota per minute of it is known.\(concurrency)"
    }
    let output =
      totals.averageOutputTokens.map { ", near the \(NumberText.whole($0.rounded(.up))) output tokens of an average request" }
      ?? ""
    // Without AWS's own sum, nothing would show that the burndown has changed.
    let burndown = totals.estimatedQuotaTokens == nil && (totals.outputTokens ?? 0) > 0 ? ", a burndown that has changed" : ""
    return
      "In the minutes that throttled, the fullest quota was used to \(NumberText.finePercent(highest)) on average, so what binds is something that CloudWatch doesn't show: reservations of max_tokens, bursts within a minute\(burndown), or Bedrock's own capacity. Set max_tokens low\(output), and spread requests evenly.\(concurrency)"
  }

  /// Names the quota of requests in flight, which no metric shows; empty if there is none.
  private var concurrency: String {
    guard let peak = report.peak(.concurrent), let quota = peak.quota, quota > 0 else { return "" }
    return
      " \(peak.code.map { "\($0) admits" } ?? "The quota admits") \(NumberText.whole(quota)) requests in flight, which CloudWatch doesn't show: send fewer at once."
  }

  /// What the caller's max_tokens reserve; nil if they fit.
  private var reserved: String? {
    guard let lower = report.reservationPeak?.utilization else { return nil }
    let upper = report.reservationPeakUpper?.utilization ?? lower
    guard upper > 1 else { return nil }
    let shares =
      upper > lower
      ? "\(NumberText.finePercent(lower)) to \(NumberText.finePercent(upper)) (it is not known whether a reservation counts the burndown)"
      : NumberText.finePercent(lower)
    return
      "With that max_tokens the highest minute reserved \(shares) of the tokens per minute before requests settled; a smaller max_tokens lets more requests be in flight."
  }
}
