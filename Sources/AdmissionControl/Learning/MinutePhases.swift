/// Tells from the times of throttled requests whether the server counts fixed minutes, whose phase is not known.
///
/// Such a server throttles when the sum since the start of its minute reaches the limit, so only in the last seconds of a minute,
/// and always at the same phase. Each phase, in whole seconds, has a score: a throttled request supports the phases since which
/// the limit was used up, and contradicts the others. Requests that are throttled for other reasons come at any phase, so that
/// their scores don't grow.
struct MinutePhases: Sendable {
  /// The score at which fixed minutes are believed: this many more minutes for the phase than against it, counted twice.
  private static let scoreNeeded = 5
  private static let scoreMin = -6
  private static let contradiction = 2
  /// Throttled requests within this time are one event, in nanoseconds: 10 s, less than a minute but longer than its full end.
  private static let eventNanoseconds: Int64 = 10_000_000_000
  /// The sum may fall short of the limit by this divisor of it, because we learn of usage a little later than the server.
  private static let slack: Int64 = 50
  private static let second: Int64 = 1_000_000_000

  private var scores = [Int](repeating: 0, count: 60)
  private var lastEvent: Int64?

  /// A request was throttled.
  /// - Parameters:
  ///   - units: what it reserves.
  ///   - rolling: what the limiter used in the last minute.
  /// - Returns: whether the server counts fixed minutes.
  mutating func throttled(_ units: Int64, limit: Int64, _ rolling: StrictWindow, at now: Int64) -> Bool {
    if let lastEvent, now &- lastEvent < Self.eventNanoseconds { return false }
    lastEvent = now
    let used = rolling.sumsBySecond()
    let present = ((now / Self.second) % 60 + 60) % 60
    for phase in scores.indices {
      // Whole seconds since a minute of this phase began, and the one that has begun.
      let seconds = Int((present - Int64(phase) + 60) % 60)
      let isFull = used[seconds + 1] + units > limit - limit / Self.slack
      scores[phase] = isFull ? scores[phase] + 1 : max(scores[phase] - Self.contradiction, Self.scoreMin)
    }
    return scores.contains { $0 >= Self.scoreNeeded }
  }
}
