/// How often something happened in the last hour, in buckets of a minute.
struct RecentCount: Sendable, Equatable {
  private var counts = [UInt32](repeating: 0, count: 60)
  private var minute: Int64 = 0

  mutating func add(atSeconds seconds: Int64) {
    advance(to: seconds / 60)
    counts[Int(minute % 60)] += 1
  }

  mutating func total(atSeconds seconds: Int64) -> Int {
    advance(to: seconds / 60)
    return counts.reduce(0) { $0 + Int($1) }
  }

  /// A clock that was set back counts in the newest minute.
  private mutating func advance(to newest: Int64) {
    let newest = max(newest, 0)
    guard newest > minute else { return }
    if newest - minute >= 60 {
      counts = [UInt32](repeating: 0, count: 60)
    } else {
      for passed in (minute + 1)...newest { counts[Int(passed % 60)] = 0 }
    }
    minute = newest
  }
}
