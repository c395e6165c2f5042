public import Foundation

extension UsageReport {
  /// One period with data.
  public struct Point: Sendable, Equatable {
    /// When the period began.
    public var at: Date { Date(timeIntervalSince1970: Double(atSeconds)) }
    package var atSeconds: Int
    /// Sums over the period, not per minute.
    public var invocations: Double
    /// nil if unknown, as in ``Totals``.
    public var throttles: Double?
    public var inputTokens: Double?
    public var outputTokens: Double?
    /// nil if quota tokens can't be told.
    public var quotaTokens: Double?
  }

  /// Accepted and throttled requests of each period; NaN if unknown. On bedrock-mantle, completed ones.
  package var demandSeries: [Double] {
    let accepted = sums.counts(.invocations)
    return sums.tells(.throttles) ? zip(accepted, sums.counts(.throttles)).map(+) : accepted
  }

  /// The periods with data, in the order of time. The others are gaps.
  public var points: [Point] {
    guard !sums.isEmpty else { return [] }
    let (invocations, throttles) = (sums.counts(.invocations), sums.counts(.throttles))
    let tokens = sums.hasTokens ? (input: sums.counts(.inputTokens), output: sums.counts(.outputTokens)) : nil
    return invocations.indices.filter { !invocations[$0].isNaN }.map { index in
      Point(
        atSeconds: window.seconds(of: index), invocations: invocations[index],
        throttles: sums.tells(.throttles) ? throttles[index] : nil,
        inputTokens: tokens?.input[index], outputTokens: tokens?.output[index], quotaTokens: quotaTokens?[index])
    }
  }
}
