public import Foundation

extension UsageReport {
  /// One period with data.
  public struct Point: Sendable, Equatable {
    /// When the period began.
    public var at: Date { Date(timeIntervalSince1970: Double(atSeconds)) }
    package var atSeconds: Int
    /// Sums over the period, not per minute.
    public var invocations: Double
    public var throttles: Double
    public var inputTokens: Double
    public var outputTokens: Double
    /// nil if quota tokens can't be told.
    public var quotaTokens: Double?
  }

  /// Accepted and throttled requests of each period; NaN if unknown.
  package var demandSeries: [Double] { zip(counts.counts(.invocations), counts.counts(.throttles)).map(+) }

  /// The periods with data, in the order of time. The others are gaps.
  public var points: [Point] {
    guard !counts.isEmpty else { return [] }
    let (invocations, throttles) = (counts.counts(.invocations), counts.counts(.throttles))
    let (input, output) = (counts.counts(.inputTokens), counts.counts(.outputTokens))
    return invocations.indices.filter { !invocations[$0].isNaN }.map { index in
      Point(
        atSeconds: window.seconds(of: index), invocations: invocations[index], throttles: throttles[index],
        inputTokens: input[index], outputTokens: output[index], quotaTokens: quotaTokens?[index])
    }
  }
}
