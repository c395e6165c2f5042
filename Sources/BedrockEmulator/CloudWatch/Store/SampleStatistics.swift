/// Count, sum and extremes of samples: CloudWatch's statistic set.
///
/// Doubles, as in CloudWatch's API: whole numbers are exact up to 2^53, and sums can't trap.
package struct SampleStatistics: Sendable, Equatable {
  package var count: Double
  package var sum: Double
  package var minimum: Double
  package var maximum: Double

  package init(count: Double = 0, sum: Double = 0, minimum: Double = 0, maximum: Double = 0) {
    self.count = count
    self.sum = sum
    self.minimum = minimum
    self.maximum = maximum
  }

  /// A sample of 1 for each event, as in metrics that count events.
  static func events(_ count: Int) -> SampleStatistics {
    count > 0 ? SampleStatistics(count: Double(count), sum: Double(count), minimum: 1, maximum: 1) : SampleStatistics()
  }

  package var isEmpty: Bool { !(count > 0) }
  package var average: Double { isEmpty ? 0 : sum / count }

  mutating func add(_ value: Double, times: Double = 1) {
    merge(SampleStatistics(count: times, sum: value * times, minimum: value, maximum: value))
  }

  @inline(__always)
  mutating func merge(_ other: SampleStatistics) {
    guard !other.isEmpty else { return }
    guard !isEmpty else {
      self = other
      return
    }
    count += other.count
    sum += other.sum
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }
}
