/// Labels of a series that have a form without what strangers can vary.
package protocol SeriesKey: Hashable, Sendable {
  /// The labels under which everything is counted that would be one series too many.
  var folded: Self { get }
}

/// The series of one metric, by their labels. Their number is bounded: what exceeds it is counted in folded series.
struct SeriesTable<Key: SeriesKey, Value: Sendable>: Sendable {
  private let seriesMax: Int
  private let initial: Value
  private(set) var series: [Key: Value] = [:]
  /// How often something was counted in a folded series.
  private(set) var foldedCount: UInt64 = 0

  /// - Parameter seriesMax: the folded ones aren't counted; they have closed labels only.
  init(seriesMax: Int = 1_000, initial: Value) {
    self.seriesMax = seriesMax
    self.initial = initial
  }

  mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
    if let index = series.index(forKey: key) { return change(&series.values[index]) }
    let initial = initial
    guard series.count >= seriesMax, key.folded != key else { return change(&series[key, default: initial]) }
    foldedCount += 1
    change(&series[key.folded, default: initial])
  }
}

extension SeriesTable where Value == UInt64 {
  init(seriesMax: Int = 1_000) { self.init(seriesMax: seriesMax, initial: 0) }

  mutating func add(_ count: Int = 1, to key: Key) { update(key) { $0 += UInt64(max(count, 0)) } }
}
