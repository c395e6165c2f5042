import BedrockQuotas

/// Makes a report out of a pool's series. Pure.
package struct UsageCalculation {
  let pool: QuotaPool
  let series: UsageSeries
  /// The requests' max_tokens; nil if the caller didn't give them.
  let maxTokens: Double?
  let window: UsageWindow

  package init(pool: QuotaPool, series: UsageSeries, maxTokens: Double? = nil) {
    self.pool = pool
    self.series = series
    self.maxTokens = maxTokens
    window = series.window
  }

  package func report() -> UsageReport {
    var report = UsageReport(
      id: pool.id, resolution: pool.resolution, window: window, parts: parts,
      dataUntilSeconds: series.dataUntil.map { min($0, window.nowSeconds) },
      series: pool.series, isComplete: series.incomplete.isEmpty, sums: series)
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
    report.peakDemand = highest(window.perMinute(zip(invocations, throttles).map(+))).map {
      UsageReport.Demand(atSeconds: $0.at, value: $0.value)
    }
    report.peaks = peaks(invocations: invocations, quotaTokens: tokens.values)
    report.reservationPeak = reservationPeak(invocations)
    report.binding = binding(throttles, invocations: invocations, quotaTokens: tokens.values)
    report.advice = UsageAdvice(report: report).lines
    if report.totals?.invocations ?? 0 > 0, series.values(.latency) != nil {
      report.averageLatencyMilliseconds = series.total(.latency) / (report.totals?.invocations ?? 1)
    }
    return report
  }

  private var parts: [UsageReport.Part] {
    series.totals.map { id, totals in
      UsageReport.Part(
        id: id, invocations: totals[UsageMetric.invocations.rawValue], throttles: totals[UsageMetric.throttles.rawValue],
        inputTokens: totals[UsageMetric.inputTokens.rawValue], outputTokens: totals[UsageMetric.outputTokens.rawValue])
    }.sorted { $0.id < $1.id }
  }

  private func totals(quotaTokens: [Double]?) -> UsageReport.Totals {
    UsageReport.Totals(
      invocations: series.total(.invocations), throttles: series.total(.throttles), clientErrors: series.total(.clientErrors),
      serverErrors: series.total(.serverErrors), inputTokens: series.total(.inputTokens),
      outputTokens: series.total(.outputTokens),
      cacheReadTokens: series.total(.cacheReadTokens), cacheWriteTokens: series.total(.cacheWriteTokens),
      quotaTokens: quotaTokens.map(UsageSeries.sum),
      estimatedQuotaTokens: series.values(.estimatedQuotaTokens).map(UsageSeries.sum))
  }

  /// Final costs (`RequestCost`) per period, and a note if AWS's own sum differs.
  private func quotaTokens() -> (values: [Double]?, notes: [String]) {
    let estimated = series.values(.estimatedQuotaTokens)
    guard let burndown = pool.resolution.outputBurndown.map(Double.init) else {
      // Without output, the burndown doesn't matter.
      guard estimated != nil || series.total(.outputTokens) > 0 else { return (finalCosts(burndown: 1), []) }
      let source = estimated == nil ? "so quota tokens can't be told" : "so quota tokens are AWS's EstimatedTPMQuotaUsage"
      return (
        estimated.map { _ in series.counts(.estimatedQuotaTokens) },
        ["How many quota tokens an output token costs is not known for this model, \(source)."]
      )
    }
    let own = finalCosts(burndown: burndown)
    guard let estimated else { return (own, []) }
    // Only periods with both: the metric leaves out requests that failed, and is younger than the others.
    var (ours, theirs) = (0.0, 0.0)
    for index in own.indices where !own[index].isNaN && !estimated[index].isNaN {
      ours += own[index]
      theirs += estimated[index]
    }
    guard abs(ours - theirs) > 0.01 * max(ours, theirs) else { return (own, []) }
    let times = NumberText.ratio(theirs, ours)
    return (
      own,
      [
        "AWS's EstimatedTPMQuotaUsage says \(NumberText.whole(theirs)) where input + cache write + \(Int(burndown)) × output gives \(NumberText.whole(ours))\(times); the burndown may have changed."
      ]
    )
  }

  private func finalCosts(burndown: Double) -> [Double] {
    let (input, written, output) = (series.counts(.inputTokens), series.counts(.cacheWriteTokens), series.counts(.outputTokens))
    return input.indices.map {
      RequestCost.final(input: input[$0], cacheWrite: written[$0], output: output[$0], burndown: burndown)
    }
  }

  /// The highest value, and when its period began; nil if none is known.
  func highest(_ values: [Double]) -> (at: Int, value: Double)? {
    var best: Int?
    for index in values.indices where !values[index].isNaN && values[index] > best.map({ values[$0] }) ?? -1 { best = index }
    return best.map { (window.seconds(of: $0), values[$0]) }
  }

  private func notes() -> [String] {
    var notes = [pool.resolution.note, window.periodNote].compactMap { $0 }
    if !series.incomplete.isEmpty {
      notes.append(
        "CloudWatch returned only part of the data (\(series.incomplete.sorted().joined(separator: ", "))), so the figures are too low."
      )
    }
    for (metric, count) in series.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let what = count == 1 ? "1 datapoint of \(metric.names[0]) is" : "\(count) datapoints of \(metric.names[0]) are"
      notes.append("\(what) left out, because a count can't be negative, that large, or no number.")
    }
    if series.isEmpty, !pool.siblings.isEmpty {
      notes.append("Other ids of the model have data: \(pool.siblings.joined(separator: ", ")).")
    }
    return notes
  }
}
