import Foundation

/// A histogram with buckets that are 2 % wide, so that percentiles are right within 1 %.
///
/// Buckets are logarithmic, as in DDSketch. Only those with samples are stored, in the order of their values.
struct Histogram: Sendable, Equatable {
  struct Bucket: Sendable, Equatable {
    var key: Int32
    var count: Int32
  }

  /// (1 + α) / (1 − α) with α = 1 %.
  private static let growth = 1.01 / 0.99
  private static let growthLog = log(growth)
  /// Keeps the keys of positive values above 0, which is the key of zero, and those of negative values below.
  private static let offset: Double = 40_000

  private(set) var buckets: [Bucket] = []

  var isEmpty: Bool { buckets.isEmpty }

  static func key(_ value: Double) -> Int32 {
    // log of the smallest and the largest Double are about ±745: 37,000 buckets.
    guard value.isFinite, value != 0 else { return 0 }
    let magnitude = Int32((log(abs(value)) / growthLog).rounded(.up) + offset)
    return value < 0 ? -magnitude : magnitude
  }

  /// A value within 1 % of all values in the bucket.
  static func value(_ key: Int32) -> Double {
    guard key != 0 else { return 0 }
    let magnitude = 2 * pow(growth, Double(abs(key)) - offset) / (growth + 1)
    return key < 0 ? -magnitude : magnitude
  }

  mutating func add(_ value: Double, times: Int = 1) { add(key: Self.key(value), count: Int32(clamping: times)) }

  mutating func merge(_ other: Histogram) {
    guard !isEmpty else {
      buckets = other.buckets
      return
    }
    for bucket in other.buckets { add(key: bucket.key, count: bucket.count) }
  }

  private mutating func add(key: Int32, count: Int32) {
    guard count > 0 else { return }
    var low = 0
    var high = buckets.count
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].key < key { low = middle + 1 } else { high = middle }
    }
    if low < buckets.count, buckets[low].key == key {
      let (sum, overflow) = buckets[low].count.addingReportingOverflow(count)
      buckets[low].count = overflow ? .max : sum
    } else {
      buckets.insert(Bucket(key: key, count: count), at: low)
    }
  }

  /// Adds a plausible distribution, skewed and between the extremes, for samples whose statistics alone are known.
  mutating func addSpread(of statistics: SampleStatistics) {
    guard !statistics.isEmpty else { return }
    let count = statistics.count
    let below = statistics.average - statistics.minimum
    let above = statistics.maximum - statistics.average
    guard below > 0 || above > 0 else { return add(statistics.average, times: Int(clamping: count)) }
    var placed = 0
    for (share, position) in Self.spread {
      let upTo = Int(clamping: count * share)
      add(statistics.average + (position < 0 ? below : above) * position, times: upTo - placed)
      placed = upTo
    }
  }

  /// The distribution: cumulative share of the samples, and position. −1 is the minimum, 0 the average, 1 the maximum.
  private static let spread: [(Double, Double)] = [
    (0.05, -0.9), (0.2, -0.6), (0.4, -0.3), (0.7, 0), (0.85, 0.12), (0.95, 0.3), (0.99, 0.6), (1, 0.95),
  ]

  /// The value of the nearest rank, clamped to the exact extremes; nil if there are no samples.
  func percentile(_ percent: Double, of statistics: SampleStatistics) -> Double? {
    guard !isEmpty, !statistics.isEmpty else { return nil }
    guard percent > 0 else { return statistics.minimum }
    guard percent < 100 else { return statistics.maximum }
    let total = buckets.reduce(0.0) { $0 + Double($1.count) }
    let rank = (percent / 100 * total).rounded(.up)
    var passed = 0.0
    for bucket in buckets {
      passed += Double(bucket.count)
      if passed >= rank { return min(max(Self.value(bucket.key), statistics.minimum), statistics.maximum) }
    }
    return statistics.maximum
  }
}

extension Int {
  /// Rounded towards zero and clamped; 0 for NaN.
  init(clamping value: Double) {
    self = value.isNaN ? 0 : value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int(value)
  }
}
