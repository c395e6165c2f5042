extension UsageReport {
  /// One period of which something is known.
  public struct Point: Sendable, Equatable {
    /// Unix seconds: when it began.
    public var at: Int
    public var invocations: Double
    public var throttles: Double
    public var inputTokens: Double
    public var outputTokens: Double
    /// nil where quota tokens can't be told.
    public var quotaTokens: Double?
  }

  /// Accepted and throttled requests of each period; NaN where nothing is known.
  package var demandSeries: [Double] { zip(counts.counts(.invocations), counts.counts(.throttles)).map(+) }

  /// The periods of which something is known, in the order of time. The others are gaps.
  public var points: [Point] {
    guard !counts.isEmpty else { return [] }
    let (invocations, throttles) = (counts.counts(.invocations), counts.counts(.throttles))
    let (input, output) = (counts.counts(.inputTokens), counts.counts(.outputTokens))
    return invocations.indices.filter { !invocations[$0].isNaN }.map { index in
      Point(
        at: window.time(of: index), invocations: invocations[index], throttles: throttles[index], inputTokens: input[index],
        outputTokens: output[index], quotaTokens: quotaTokens?[index])
    }
  }
}
