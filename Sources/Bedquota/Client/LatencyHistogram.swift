import BedrockQuotas
import Histogram

/// Durations from a microsecond to a day, to three digits.
///
/// It takes memory for the durations that there are, because a gateway has two for each of its models: none before the first, 8 kB up to
/// 2 ms, 61 kB up to 16 s, 114 kB up to a day, and while it grows up to twice as much.
struct LatencyHistogram: Sendable {
  private static let microsecondsMax: UInt64 = 86_400_000_000

  /// nil before anything was recorded.
  private(set) var histogram: Histogram<UInt32>?

  mutating func record(_ duration: Duration) {
    // Made without a highest value, it grows as values come.
    if histogram == nil { histogram = Histogram(numberOfSignificantValueDigits: .three) }
    histogram?.record(min(UInt64(saturating: duration / .microseconds(1)), Self.microsecondsMax))
  }

  /// nil before anything was recorded.
  var percentiles: ClientStatistics.Percentiles? {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    func value(_ percentile: Double) -> Duration { .microseconds(Int64(histogram.valueAtPercentile(percentile))) }
    return .init(p50: value(50), p90: value(90), p99: value(99), max: .microseconds(Int64(histogram.max)))
  }
}
