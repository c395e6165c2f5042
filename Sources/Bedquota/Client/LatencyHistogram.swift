import Histogram

/// Times from a microsecond to a day, to three digits.
struct LatencyHistogram: Sendable {
  private var histogram = Histogram<UInt64>(highestTrackableValue: 86_400_000_000, numberOfSignificantValueDigits: .three)

  mutating func record(_ duration: Duration) {
    let microseconds = duration / .microseconds(1)
    histogram.record(UInt64(min(max(microseconds, 0), 86_400_000_000)))
  }

  var percentiles: ClientStatistics.Percentiles? {
    guard histogram.totalCount > 0 else { return nil }
    func seconds(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1e6 }
    return .init(p50: seconds(50), p90: seconds(90), p99: seconds(99), max: Double(histogram.max) / 1e6)
  }
}
