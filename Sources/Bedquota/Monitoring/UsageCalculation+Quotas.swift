import BedrockQuotas

/// Usage set against the quotas that apply.
extension UsageCalculation {
  /// - Parameters: per period; nil if unknown.
  func peaks(invocations: [Double]?, quotaTokens: [Double]?, counts: QuotaTokenCounts? = nil) -> [UsageReport.Peak] {
    let resolution = pool.resolution
    var peaks: [UsageReport.Peak] = []
    for (measure, values) in [(QuotaMeasure.rpm, invocations), (.tpm, quotaTokens)] {
      let quota = resolution.quota(measure)
      if quota == nil, values == nil { continue }
      var peak = peak(measure, quota, values)
      if measure == .tpm, values == nil, invocations != nil {
        peak.note =
          series.hasTokens
          ? "The burndown of this model is not known, so neither is its use of tokens."
          : "CloudWatch doesn't count its tokens, so its use of them is not known."
      }
      if measure == .tpm, let counts, counts.disagreement != nil {
        peak.formulaValue = counts.formula.map(window.perMinute).flatMap(highest)?.value
        peak.metricValue = counts.metric.map(window.perMinute).flatMap(highest)?.value
      }
      peaks.append(peak)
    }
    peaks += resolution.quotas(.tpd).map { day($0, quotaTokens) }
    peaks += resolution.quotas(.concurrent).map { quota in
      var peak = peak(.concurrent, quota, nil)
      peak.note = "CloudWatch doesn't show how many requests are in flight."
      return peak
    }
    return peaks
  }

  func peak(_ measure: QuotaMeasure, _ quota: Quota?, _ values: [Double]?) -> UsageReport.Peak {
    var peak = UsageReport.Peak(
      measure: measure, code: quota?.code, adjustable: quota?.adjustable, quota: quota?.value(for: pool.resolution.scope),
      appliedValue: quota?.appliedValue)
    guard let values = values.map(window.perMinute), let highest = highest(values) else { return peak }
    let known = values.filter { !$0.isNaN }
    let percentiles = SamplePercentiles(known)
    peak.atSeconds = highest.at
    peak.value = highest.value
    (peak.p50, peak.p90, peak.p99) = (percentiles(0.5), percentiles(0.9), percentiles(0.99))
    if let limit = peak.quota, limit > 0 {
      let above = known.count { $0 > UtilizationLevel.high * limit }
      peak.minutesAbove80 = Double(above * window.periodSeconds) / 60
    }
    return peak
  }

  private func day(_ quota: Quota, _ values: [Double]?) -> UsageReport.Peak {
    var peak = UsageReport.Peak(
      measure: .tpd, code: quota.code, adjustable: quota.adjustable, quota: quota.value, appliedValue: quota.appliedValue)
    guard quota.name.scope != .other else {
      peak.isByTokens = false
      peak.note = "AWS accounts this quota by price, over all models: tokens don't tell how much of it is used."
      return peak
    }
    peak.quota = quota.value(for: pool.resolution.scope)
    guard let values else { return peak }
    // AWS doesn't document when a day begins; no calendar day holds more than the highest 24 hours.
    let length = 86_400 / window.periodSeconds
    var sum = 0.0
    var best: (start: Int, value: Double)?
    for index in values.indices {
      sum += values[index].isNaN ? 0 : values[index]
      if index >= length { sum -= values[index - length].isNaN ? 0 : values[index - length] }
      if sum > best?.value ?? -1 { best = (max(0, index - length + 1), sum) }
    }
    peak.atSeconds = best.map { window.seconds(of: $0.start) }
    peak.value = best?.value
    if values.count < length {
      peak.note = "Of \(NumberText.hours(values.count * window.periodSeconds)) only; a day may hold more."
    }
    return peak
  }

  /// The peak of R, if every accepted request had the caller's max_tokens.
  /// - Parameter burndown: the burndown, if the reservation counts it.
  func reservationPeak(_ invocations: [Double], burndown: Int = 1) -> UsageReport.Peak? {
    guard let maxTokens, series.hasTokens else { return nil }
    let (input, read, written) = (
      series.counts(.inputTokens), series.counts(.cacheReadTokens), series.counts(.cacheWriteTokens)
    )
    let reserved = invocations.indices.map { index in
      RequestCost.reservation(
        prompt: input[index] + read[index] + written[index], maxTokens: invocations[index] * maxTokens * Double(burndown))
    }
    return peak(.tpm, pool.resolution.quota(.tpm), reserved)
  }

  /// Notes on quotas that were exceeded for too long to be the ones that AWS enforces.
  func largerQuotas(_ peaks: [UsageReport.Peak]) -> [String] {
    peaks.compactMap { peak in
      // A full bucket admits more than its quota in one minute and in debt in some more, but not in most minutes.
      guard peak.measure != .tpd, let quota = peak.quota, let half = peak.p50, half > quota, quota > 0,
        (series.values(.invocations) ?? []).count(where: { !$0.isNaN }) >= Self.minutesMin
      else { return nil }
      return
        "Most minutes used more than the whole quota of \(peak.measure.words)\(peak.code.map { " (\($0))" } ?? ""): what AWS enforces is larger than the \(NumberText.whole(quota)) that it lists."
    }
  }

  /// The fewest periods that say something about all of the time.
  private static let minutesMin = 5
}
