/// What a process may expect of the store that grants the units of one limit per minute. The estimate errs towards short waits, so that no
/// request is refused that would have been in time.
package struct PrepaidSupply: Sendable, Equatable {
  /// Units that the store had free; negative: debt.
  package var free: Int64
  /// Units per minute.
  package var rate: Int64
  /// The processes that wait for units, this one included; 1 or more.
  package var waiting: Int64
  /// When that was known, in nanoseconds of the limiter's clock.
  package var at: Int64

  package init(free: Int64, rate: Int64, waiting: Int64, at: Int64) {
    self.free = free
    self.rate = rate
    self.waiting = max(waiting, 1)
    self.at = at
  }

  private static let minute = 60e9
  /// A store lets a second's worth of units start together after a pause.
  private static let burst = 1e9

  /// Nanoseconds until the units are granted, at the least; nil if they never are.
  /// - Parameters:
  ///   - reserved: units that this process lacks for reservations.
  ///   - predicted: units that it lacks for predicted costs, which the store spaces over time.
  func wait(reserved: Double, predicted: Double, at now: Int64) -> Int64? {
    guard rate > 0 else { return nil }
    let pace = Double(rate) / Self.minute
    let refilled = min(Double(free) + pace * Double(max(now &- at, 0)), Double(rate))
    // The processes that wait get equal parts of what the limit refills.
    let own = pace / Double(waiting)
    let wait = max(0, (reserved - refilled) / own, predicted / own - Self.burst)
    return Int64(min(wait, Double(Int64.max / 4)))
  }
}
