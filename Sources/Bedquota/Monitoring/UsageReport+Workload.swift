public import BedrockQuotas

extension UsageReport {
  /// The average request, as CloudWatch counted it; sizes that the caller knows better take the place of the measured ones.
  ///
  /// What CloudWatch doesn't show (max_tokens, how many run at once) comes from the caller alone.
  /// - Throws: ``Workload/Problem`` for averages out of a workload's range.
  public func workload(preferring known: Workload) throws(Workload.Problem) -> Workload {
    guard let totals, totals.invocations > 0 else { return known }
    func average(_ tokens: Double) -> Int { Int(min((tokens / totals.invocations).rounded(), Double(Workload.tokensMax))) }
    return try Workload(
      inputTokens: known.inputTokens ?? average(totals.inputTokens),
      outputTokens: known.outputTokens ?? average(totals.outputTokens),
      cacheReadTokens: known.cacheReadTokens > 0 ? known.cacheReadTokens : average(totals.cacheReadTokens),
      cacheWriteTokens: known.cacheWriteTokens > 0 ? known.cacheWriteTokens : average(totals.cacheWriteTokens),
      maxTokens: known.maxTokens, concurrency: known.concurrency,
      latency: known.latency ?? averageLatency.map { min($0 / 1_000, Workload.latencyMax) })
  }

  /// In what share of the time over 80 % of the fullest quota per minute was used, 0 to 1; nil where no quota is known.
  public var busyShare: Double? {
    let minutes = Double(window.end - window.start) / 60
    return peaks.compactMap(\.minutesAbove80).max().map { $0 / minutes }
  }
}
