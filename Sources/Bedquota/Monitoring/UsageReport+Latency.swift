extension UsageReport {
  /// Percentiles of the latency of one series, or of its time to the first token. Percentiles of several series can't be joined.
  public struct Latency: Sendable, Equatable {
    /// What was timed. Closed.
    public enum Kind: String, Sendable, CaseIterable {
      /// A request from start to end.
      case request
      /// A stream from start to its first token.
      case firstToken
    }

    public var kind: Kind
    /// The value of the dimension `ModelId`.
    public var id: String
    /// Milliseconds over the whole window; nil if they were not read.
    public var p50: Double?
    public var p90: Double?
    public var p99: Double?
    /// Milliseconds of each period, NaN without data; empty if they were not read.
    package var p50Series: [Double] = []
    package var p90Series: [Double] = []
    package var p99Series: [Double] = []
  }
}

extension UsageReport.Latency.Kind {
  /// The metric whose percentiles these are.
  package var metric: UsageMetric { self == .request ? .latency : .firstToken }
}
