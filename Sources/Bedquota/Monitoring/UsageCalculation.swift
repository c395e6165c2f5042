import BedrockQuotas

/// Works a report out of a pool's series. Pure.
package struct UsageCalculation {
  private let pool: QuotaPool
  private let series: UsageSeries
  /// What the user's requests carry; nil where not said.
  private let maxTokens: Double?
  private let window: UsageWindow

  package init(pool: QuotaPool, series: UsageSeries, maxTokens: Double? = nil) {
    self.pool = pool
    self.series = series
    self.maxTokens = maxTokens
    window = series.window
  }

  package func report() -> UsageReport {
    let parts = series.totals.map { id, totals in
      UsageReport.Part(
        id: id, invocations: totals[UsageMetric.invocations.rawValue], throttles: totals[UsageMetric.throttles.rawValue],
        inputTokens: totals[UsageMetric.inputTokens.rawValue], outputTokens: totals[UsageMetric.outputTokens.rawValue])
    }.sorted { $0.id < $1.id }
    var report = UsageReport(
      id: pool.id, resolution: pool.resolution, window: window, parts: parts,
      dataUntil: series.dataUntil.map { min($0, window.now) },
      series: pool.series, isComplete: series.incomplete.isEmpty, counts: series)
    report.notes = notes()
    guard !series.isEmpty else {
      report.peaks = peaks(invocations: nil, quotaTokens: nil)
      return report
    }
    let invocations = series.counts(.invocations)
    let throttles = series.counts(.throttles)
    let tokens = quotaTokens()
    report.quotaTokens = tokens.values
    report.totals = totals(quotaTokens: tokens.values)
    report.notes += tokens.notes
    report.peakDemand = highest(perMinute(zip(invocations, throttles).map(+)))
    report.peaks = peaks(invocations: invocations, quotaTokens: tokens.values)
    report.reservationPeak = reservationPeak(invocations)
    report.binding = binding(throttles, invocations: invocations, quotaTokens: tokens.values)
    report.advice = UsageAdvice(report: report).lines
    if report.totals?.invocations ?? 0 > 0, series.values(.latency) != nil {
      report.averageLatency = series.total(.latency) / (report.totals?.invocations ?? 1)
    }
    return report
  }

  private func totals(quotaTokens: [Double]?) -> UsageReport.Totals {
    UsageReport.Totals(
      invocations: series.total(.invocations), throttles: series.total(.throttles), clientErrors: series.total(.clientErrors),
      serverErrors: series.total(.serverErrors), inputTokens: series.total(.inputTokens),
      outputTokens: series.total(.outputTokens),
      cacheReadTokens: series.total(.cacheReadTokens), cacheWriteTokens: series.total(.cacheWriteTokens),
      quotaTokens: quotaTokens.map(Self.sum),
      estimatedQuotaTokens: series.values(.estimatedQuotaTokens).map(Self.sum))
  }

  private static func sum(_ values: [Double]) -> Double { values.reduce(0) { $1.isNaN ? $0 : $0 + $1 } }

  /// input + cache write + burndown × output (docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html), and
  /// whether AWS's own sum says the same.
  private func quotaTokens() -> (values: [Double]?, notes: [String]) {
    let estimated = series.values(.estimatedQuotaTokens)
    guard let burndown = pool.resolution.outputBurndown.map(Double.init) else {
      guard estimated != nil || series.total(.outputTokens) > 0 else { return (sum(burndown: 1), []) }
      let source = estimated == nil ? "so quota tokens can't be told" : "so quota tokens are AWS's EstimatedTPMQuotaUsage"
      return (
        estimated.map { _ in series.counts(.estimatedQuotaTokens) },
        ["How many quota tokens an output token costs is not known for this model, \(source)."]
      )
    }
    let own = sum(burndown: burndown)
    guard let estimated else { return (own, []) }
    // Only where both are there: the metric leaves out what did not end well, and is younger than the others.
    var (ours, theirs) = (0.0, 0.0)
    for index in own.indices where !own[index].isNaN && !estimated[index].isNaN {
      ours += own[index]
      theirs += estimated[index]
    }
    guard abs(ours - theirs) > 0.01 * max(ours, theirs) else { return (own, []) }
    let times = NoteFigures.ratio(theirs, ours)
    return (
      own,
      [
        "AWS's EstimatedTPMQuotaUsage says \(NoteFigures.whole(theirs)) where input + cache write + \(Int(burndown)) × output gives \(NoteFigures.whole(ours))\(times); the burndown may have changed."
      ]
    )
  }

  private func sum(burndown: Double) -> [Double] {
    let (input, written, output) = (series.counts(.inputTokens), series.counts(.cacheWriteTokens), series.counts(.outputTokens))
    return input.indices.map { input[$0] + written[$0] + burndown * output[$0] }
  }

  private func perMinute(_ values: [Double]) -> [Double] { values.indices.map { values[$0] * window.perMinute($0) } }

  private func highest(_ values: [Double]) -> (at: Int, value: Double)? {
    var best: Int?
    for index in values.indices where !values[index].isNaN && values[index] > best.map({ values[$0] }) ?? -1 { best = index }
    return best.map { (window.time(of: $0), values[$0]) }
  }

  // MARK: - Quotas

  private func peaks(invocations: [Double]?, quotaTokens: [Double]?) -> [UsageReport.Peak] {
    func bound(_ measure: QuotaMeasure) -> [Quota] { pool.resolution.quotas.map(\.quota).filter { $0.name.measure == measure } }
    var peaks: [UsageReport.Peak] = []
    for (measure, values) in [(QuotaMeasure.rpm, invocations), (.tpm, quotaTokens)] {
      let quotas = bound(measure)
      if quotas.isEmpty, values == nil { continue }
      var peak = peak(measure, quotas.first, values)
      if measure == .tpm, values == nil, invocations != nil {
        peak.note = "What an output token counts is not known for this model, so nor is the use of tokens."
      }
      peaks.append(peak)
    }
    peaks += bound(.tpd).map { day($0, quotaTokens) }
    peaks += bound(.concurrent).map { quota in
      var peak = peak(.concurrent, quota, nil)
      peak.note = "CloudWatch doesn't show how many requests run at once."
      return peak
    }
    return peaks
  }

  private func peak(_ measure: QuotaMeasure, _ quota: Quota?, _ values: [Double]?) -> UsageReport.Peak {
    var peak = UsageReport.Peak(measure: measure, code: quota?.code, adjustable: quota?.adjustable, quota: quota?.value)
    guard let values = values.map(perMinute), let worst = highest(values) else { return peak }
    let known = values.filter { !$0.isNaN }
    let percentiles = Percentiles(known)
    peak.at = worst.at
    peak.value = worst.value
    (peak.p50, peak.p90, peak.p99) = (percentiles(0.5), percentiles(0.9), percentiles(0.99))
    if let limit = peak.quota, limit > 0 {
      peak.minutesAbove80 = Double(known.count { $0 > 0.8 * limit } * window.period) / 60
    }
    return peak
  }

  private func day(_ quota: Quota, _ values: [Double]?) -> UsageReport.Peak {
    var peak = UsageReport.Peak(measure: .tpd, code: quota.code, adjustable: quota.adjustable, quota: quota.value)
    guard quota.name.scope != .other else {
      peak.isByTokens = false
      peak.note = "AWS accounts this quota by price, over all models: tokens don't tell how much of it is used."
      return peak
    }
    // AWS's words: "doubled for cross-region calls".
    if pool.resolution.scope == .crossRegion, quota.name.text.contains("doubled for cross-region") {
      peak.quota = quota.value.map { $0 * 2 }
    }
    guard let values else { return peak }
    // Whether a day is the calendar's is not documented; no calendar day holds more than the worst 24 hours do.
    let length = 86_400 / window.period
    var sum = 0.0
    var best: (start: Int, value: Double)?
    for index in values.indices {
      sum += values[index].isNaN ? 0 : values[index]
      if index >= length { sum -= values[index - length].isNaN ? 0 : values[index - length] }
      if sum > best?.value ?? -1 { best = (max(0, index - length + 1), sum) }
    }
    peak.at = best.map { window.time(of: $0.start) }
    peak.value = best?.value
    if values.count < length { peak.note = "Of \(NoteFigures.hours(values.count * window.period)) only; a day may hold more." }
    return peak
  }

  /// Each accepted request reserves input + cache + max_tokens when it starts.
  private func reservationPeak(_ invocations: [Double]) -> UsageReport.Peak? {
    guard let maxTokens else { return nil }
    let tokens = [UsageMetric.inputTokens, .cacheReadTokens, .cacheWriteTokens].map { series.counts($0) }
    let reserved = invocations.indices.map { index in tokens.reduce(invocations[index] * maxTokens) { $0 + $1[index] } }
    return peak(.tpm, pool.resolution.quotas.first { $0.quota.name.measure == .tpm }?.quota, reserved)
  }

  private func binding(_ throttles: [Double], invocations: [Double], quotaTokens: [Double]?) -> UsageReport.Binding? {
    let throttled = throttles.indices.filter { throttles[$0] > 0 }
    guard !throttled.isEmpty else { return nil }
    // A quota of 0 refuses everything, whatever else there is; for a new account it is often the day's.
    let quotas = pool.resolution.quotas.map(\.quota).filter { $0.name.scope != .other && $0.value == 0 }
    for measure in [QuotaMeasure.tpd, .tpm, .rpm] where quotas.contains(where: { $0.name.measure == measure }) {
      return .quota(measure)
    }
    let all = throttled.reduce(0.0) { $0 + throttles[$1] }
    var best: (measure: QuotaMeasure, mean: Double)?
    for (measure, values) in [(QuotaMeasure.tpm, quotaTokens), (.rpm, invocations)] {
      guard let values, let quota = pool.resolution.quotas.first(where: { $0.quota.name.measure == measure })?.quota.value else {
        continue
      }
      let mean = throttled.reduce(0.0) { $0 + throttles[$1] * values[$1] * window.perMinute($1) / quota } / all
      if mean > best?.mean ?? -1 { best = (measure, mean) }
    }
    guard let best else { return .invisible(highest: nil) }
    return best.mean >= 0.8 ? .quota(best.measure) : .invisible(highest: best.mean)
  }

  private func notes() -> [String] {
    var notes = [pool.resolution.note, window.periodNote].compactMap { $0 }
    if !series.incomplete.isEmpty {
      notes.append(
        "CloudWatch gave a part of the data only (\(series.incomplete.sorted().joined(separator: ", "))): the figures are too low."
      )
    }
    for (metric, count) in series.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let what = count == 1 ? "1 datapoint of \(metric.names[0]) is" : "\(count) datapoints of \(metric.names[0]) are"
      notes.append("\(what) left out: negative, or no number.")
    }
    if series.isEmpty, !pool.siblings.isEmpty {
      notes.append("Other ids of the model have data: \(pool.siblings.joined(separator: ", ")).")
    }
    return notes
  }
}
