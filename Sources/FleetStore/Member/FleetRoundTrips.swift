import DequeModule

/// How long the store takes to answer, and what follows from it.
struct FleetRoundTrips: Sendable {
  private static let samplesMax = 32
  private static let millisecond: Int64 = 1_000_000
  private static let horizonMax: Int64 = 2_000
  private static let timeoutMin = 250 * millisecond
  private static let timeoutMax = 2_000 * millisecond
  /// The first exchange may include a connection and a handshake.
  private static let timeoutFirst = 1_000 * millisecond

  /// Nanoseconds, the newest last.
  private var samples = Deque<Int64>()
  /// Exchanges lost since the last answer.
  private var lost = 0

  mutating func answered(after nanoseconds: Int64) {
    lost = 0
    samples.append(max(nanoseconds, 0))
    if samples.count > Self.samplesMax { samples.removeFirst() }
  }

  mutating func wasLost() { lost = min(lost + 1, 16) }

  /// The time within which nine of ten answers come, in nanoseconds; nil before the first.
  var p90: Int64? {
    guard !samples.isEmpty else { return nil }
    return samples.sorted()[(samples.count - 1) * 9 / 10]
  }

  /// How far ahead to book, in ms: four times ``p90``, at least the minimum and at most 2 s. So the next grant comes before the last
  /// one has been used.
  func horizon(atLeast least: Int64) -> Int64 {
    max(least, min((p90 ?? 0) * 4 / Self.millisecond, Self.horizonMax))
  }

  /// How long to wait for an answer, in nanoseconds: six times ``p90``, 250 ms to 2 s.
  ///
  /// It doubles with each lost answer. Otherwise a store that has become slower than the timeout would never be heard again.
  var timeout: Int64 {
    let usual = p90.map { max($0 * 6, Self.timeoutMin) } ?? Self.timeoutFirst
    return min(min(usual, Self.timeoutMax) << min(lost, 4), Self.timeoutMax)
  }
}
