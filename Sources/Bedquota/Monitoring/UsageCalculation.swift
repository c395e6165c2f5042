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
      id: pool.id, endpoint: pool.endpoint, resolution: pool.resolution, window: window, parts: parts,
      dataUntilSeconds: series.dataUntil.map { min($0, window.nowSeconds) },
      series: pool.series, isComplete: series.incomplete.isEmpty, sums: series)
    report.notes = notes()
    guard !series.isEmpty else {
      report.peaks = pool.endpoint == .mantle ? mantlePeaks(nil) : peaks(invocations: nil, quotaTokens: nil)
      return report
    }
    guard pool.endpoint != .mantle else {
      addMantle(to: &report)
      return report
    }
    let invocations = series.counts(.invocations)
    let throttles = series.counts(.throttles)
    let tokens = QuotaTokenCounts(series, burndown: pool.resolution.outputBurndown)
    report.quotaTokens = tokens.told
    report.countedTokens = tokens.counted
    report.impliedBurndown = tokens.disagreement?.impliedBurndown
    report.totals = totals(tokens)
    report.notes += tokens.notes
    report.peakDemand = highest(window.perMinute(zip(invocations, throttles).map(+))).map {
      UsageReport.Demand(atSeconds: $0.at, value: $0.value)
    }
    report.peaks = peaks(invocations: invocations, quotaTokens: tokens.counted, counts: tokens)
    report.reservationPeak = reservationPeak(invocations)
    report.reservationPeakUpper = pool.resolution.outputBurndown.flatMap { burndown in
      burndown > 1 ? reservationPeak(invocations, burndown: burndown) : nil
    }
    report.binding = binding(throttles, invocations: invocations, quotaTokens: tokens.counted)
    report.isEverythingRefused = isEverythingRefused(throttles, invocations: invocations)
    report.notes += largerQuotas(report.peaks)
    report.advice = UsageAdvice(report: report).lines
    if report.totals?.invocations ?? 0 > 0, series.values(.latency) != nil {
      report.averageLatencyMilliseconds = series.total(.latency) / (report.totals?.invocations ?? 1)
    }
    return report
  }

  private var parts: [UsageReport.Part] {
    series.totals.map { id, totals in
      func total(_ metric: UsageMetric) -> Double { totals[metric.rawValue] }
      let failed = pool.endpoint == .mantle ? 0 : total(.clientErrors) + total(.serverErrors)
      let isAnswered = total(.invocations) - failed > 0
      let hasTokens = !isAnswered || UsageMetric.tokens.contains { total($0) > 0 }
      return UsageReport.Part(
        id: id, invocations: total(.invocations), throttles: series.tells(.throttles) ? total(.throttles) : nil,
        inputTokens: hasTokens ? total(.inputTokens) : nil, outputTokens: hasTokens ? total(.outputTokens) : nil)
    }.sorted { $0.id < $1.id }
  }

  private func totals(_ tokens: QuotaTokenCounts) -> UsageReport.Totals {
    UsageReport.Totals(
      invocations: series.total(.invocations), throttles: series.total(.throttles), clientErrors: series.total(.clientErrors),
      serverErrors: series.total(.serverErrors), inputTokens: series.tokens(.inputTokens),
      outputTokens: series.tokens(.outputTokens),
      cacheReadTokens: series.tokens(.cacheReadTokens), cacheWriteTokens: series.tokens(.cacheWriteTokens),
      quotaTokens: tokens.told.map(UsageSeries.sum), estimatedQuotaTokens: tokens.metric.map(UsageSeries.sum),
      countedQuotaTokens: tokens.counted.map(UsageSeries.sum))
  }

  /// The highest value, and when its period began; nil if none is known.
  func highest(_ values: [Double]) -> (at: Int, value: Double)? {
    var best: Int?
    for index in values.indices where !values[index].isNaN && values[index] > best.map({ values[$0] }) ?? -1 { best = index }
    return best.map { (window.seconds(of: $0), values[$0]) }
  }

  private func notes() -> [String] {
    var notes = [pool.resolution.note, window.periodNote].compactMap { $0 } + pool.resolution.effectiveValueNotes
    if !series.incomplete.isEmpty {
      notes.append(
        "CloudWatch returned only part of the data (\(series.incomplete.sorted().joined(separator: ", "))), so the figures are too low."
      )
    }
    return notes + series.refusedNotes
  }
}
