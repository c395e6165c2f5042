import BedrockQuotas
import Histogram

/// Durations from a microsecond to a day, to three digits.
struct LatencyHistogram: Sendable {
  private static let microsecondsMax: UInt64 = 86_400_000_000

  private var histogram = Histogram<UInt64>(highestTrackableValue: microsecondsMax, numberOfSignificantValueDigits: .three)

  mutating func record(_ duration: Duration) {
    histogram.record(min(UInt64(saturating: duration / .microseconds(1)), Self.microsecondsMax))
  }

  /// nil before anything was recorded.
  var percentiles: ClientStatistics.Percentiles? {
    guard histogram.totalCount > 0 else { return nil }
    func value(_ percentile: Double) -> Duration { .microseconds(Int64(histogram.valueAtPercentile(percentile))) }
    return .init(p50: value(50), p90: value(90), p99: value(99), max: .microseconds(Int64(histogram.max)))
  }
}
