public import BedrockQuotas

extension UsageReport {
  /// The average request by CloudWatch's figures; sizes in `known` replace the measured ones.
  ///
  /// CloudWatch shows neither max_tokens nor concurrency, so these come from `known` alone. Sizes that it doesn't count stay unknown.
  /// - Throws: `Workload/Problem` for averages out of a workload's range.
  public func workload(preferring known: Workload) throws(Workload.Problem) -> Workload {
    guard let totals, totals.invocations > 0 else { return known }
    func average(_ tokens: Double?) -> Int? {
      totals.perRequest(tokens).map { min(Int(saturating: $0.rounded()), Workload.tokensMax) }
    }
    return try Workload(
      inputTokens: known.inputTokens ?? average(totals.inputTokens),
      outputTokens: known.outputTokens ?? average(totals.outputTokens),
      cacheReadTokens: known.cacheReadTokens > 0 ? known.cacheReadTokens : average(totals.cacheReadTokens) ?? 0,
      cacheWriteTokens: known.cacheWriteTokens > 0 ? known.cacheWriteTokens : average(totals.cacheWriteTokens) ?? 0,
      maxTokens: known.maxTokens, concurrency: known.concurrency,
      latency: known.latency ?? averageLatencyMilliseconds.map { min($0 / 1_000, Workload.latencyMax) })
  }

  /// The share of the window's minutes that used more than 80 % of the fullest quota per minute, 0 to 1; nil if no quota is known.
  public var busyShare: Double? {
    let minutes = Double(window.endSeconds - window.startSeconds) / 60
    return peaks.compactMap(\.minutesAbove80).max().map { $0 / minutes }
  }
}
