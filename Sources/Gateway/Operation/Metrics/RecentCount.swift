/// How often something happened in the last hour, in buckets of a minute.
struct RecentCount: Sendable, Equatable {
  static let minutes = 60

  private var counts = [UInt64](repeating: 0, count: Self.minutes)
  private var minute: Int64 = 0

  mutating func add(_ count: UInt64 = 1, atSeconds seconds: Int64) {
    advance(to: seconds / 60)
    counts[Int(minute % 60)] &+= count
  }

  mutating func total(atSeconds seconds: Int64) -> UInt64 {
    advance(to: seconds / 60)
    return counts.reduce(0, &+)
  }

  /// The counts of each minute, the oldest first; the last one is not over yet.
  mutating func minutes(atSeconds seconds: Int64) -> [UInt64] {
    advance(to: seconds / 60)
    let next = Int((minute + 1) % 60)
    return Array(counts[next...] + counts[..<next])
  }

  /// A clock that was set back counts in the newest minute.
  private mutating func advance(to newest: Int64) {
    let newest = max(newest, 0)
    guard newest > minute else { return }
    if newest - minute >= 60 {
      counts = [UInt64](repeating: 0, count: Self.minutes)
    } else {
      for passed in (minute + 1)...newest { counts[Int(passed % 60)] = 0 }
    }
    minute = newest
  }
}
