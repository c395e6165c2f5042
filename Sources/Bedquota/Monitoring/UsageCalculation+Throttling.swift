import BedrockQuotas

/// What throttled.
extension UsageCalculation {
  /// The quota with the highest average usage in the periods that throttled, weighted by their throttles.
  func binding(_ throttles: [Double], invocations: [Double], quotaTokens: [Double]?) -> UsageReport.Binding? {
    let throttled = throttles.indices.filter { throttles[$0] > 0 }
    guard !throttled.isEmpty else { return nil }
    // A quota of 0 throttles everything, whatever the others are; for a new account it is often that of a day.
    let quotas = pool.resolution.quotas.map(\.quota)
    for measure in [QuotaMeasure.tpd, .tpm, .rpm, .concurrent]
    where quotas.contains(where: { $0.name.measure == measure && $0.value == 0 }) { return .quota(measure) }
    let all = throttled.reduce(0.0) { $0 + throttles[$1] }
    func mean(_ share: (Int) -> Double) -> Double {
      throttled.reduce(0.0) { $0 + throttles[$1] * share($1) / all }
    }
    var best: (measure: QuotaMeasure, mean: Double)?
    for (measure, values) in [(QuotaMeasure.tpm, quotaTokens), (.rpm, invocations)] {
      guard let values, let quota = pool.resolution.effectiveValue(measure) else { continue }
      let mean = mean { window.perMinute(values[$0], at: $0) / quota }
      if mean > best?.mean ?? -1 { best = (measure, mean) }
    }
    if let best, best.mean >= UtilizationLevel.high { return .quota(best.measure) }
    if let quota = dayQuota, let used = quotaTokens.map(lastDay), mean({ used[$0] / quota }) >= UtilizationLevel.full {
      return .quota(.tpd)
    }
    return .invisible(highest: best?.mean)
  }

  /// The model's quota of tokens per day; nil if it is unknown or 0.
  private var dayQuota: Double? {
    pool.resolution.quota(.tpd)?.value(for: pool.resolution.scope).flatMap { $0 > 0 ? $0 : nil }
  }

  /// The sum of the 24 hours up to the end of each period, as far as the window shows them.
  private func lastDay(_ values: [Double]) -> [Double] {
    let length = max(1, 86_400 / window.periodSeconds)
    var sum = 0.0
    return values.indices.map { index in
      sum += values[index].isNaN ? 0 : values[index]
      if index >= length { sum -= values[index - length].isNaN ? 0 : values[index - length] }
      return sum
    }
  }

  /// Whether the service accepted next to nothing while it throttled, and for minutes: a quota per minute that is full accepts
  /// what it refills.
  func isEverythingRefused(_ throttles: [Double], invocations: [Double]) -> Bool {
    let throttled = throttles.indices.filter { throttles[$0] > 0 }
    let refused = throttled.reduce(0.0) { $0 + throttles[$1] }
    let accepted = throttled.reduce(0.0) { $0 + (invocations[$1].isNaN ? 0 : invocations[$1]) }
    guard let first = throttled.first, refused >= Self.totalShare * (refused + accepted) else { return false }
    let isLong = throttled.count * window.periodSeconds >= Self.totalSecondsMin
    let isToTheEnd = throttled.count > 1 && !invocations[first...].contains { $0 > 0 }
    return isLong || isToTheEnd || UsageSeries.sum(invocations) == 0
  }

  /// Of requests in the periods that throttled.
  private static let totalShare = 0.95
  private static let totalSecondsMin = 300
}
