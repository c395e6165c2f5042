/// What a process may expect of the store that grants the units of one limit per minute. The estimate errs towards short waits, so that few
/// requests are refused that would have been in time.
package struct PrepaidSupply: Sendable, Equatable {
  /// Units that the store had free; negative: debt.
  package var free: Int64
  /// Units per minute.
  package var rate: Int64
  /// The part of what the limit refills that this process gets while others wait too, above 0 and up to 1.
  package var part: Double
  /// When that was known, in nanoseconds of the limiter's clock.
  package var at: Int64

  package init(free: Int64, rate: Int64, part: Double, at: Int64) {
    self.free = free
    self.rate = rate
    self.part = part.isFinite ? min(max(part, 1e-6), 1) : 1
    self.at = at
  }

  private static let minute = 60e9
  /// A store lets a second's worth of units start together after a pause.
  private static let burst = 1e9
  /// After this time nobody knows who waits.
  private static let memory: Int64 = 15_000_000_000

  /// Nanoseconds until the units are granted, at the least; nil if they never are.
  ///
  /// What this process has ahead of a request comes at its part of the refill. The request itself may be the next of all, since a store
  /// serves a process first that had nothing for a while.
  /// - Parameters:
  ///   - reserved: units of a request's reservation.
  ///   - predicted: units of its predicted cost, which the store spaces over time.
  ///   - ahead: units that this process needs before.
  ///   - held: what it has been granted and not used, of either kind.
  func wait(
    reserved: Double, predicted: Double, ahead: Double, held: (reserved: Double, predicted: Double), at now: Int64
  ) -> Int64? {
    guard rate > 0 else { return nil }
    let pace = Double(rate) / Self.minute
    let age = max(now &- at, 0)
    let own = age > Self.memory ? pace : pace * part
    let refilled = min(Double(free) + pace * Double(age), Double(rate))
    func time(_ units: Double, _ held: Double) -> Double {
      let before = max(0, ahead - held)
      return before / own + max(0, ahead + units - held - before) / pace
    }
    // The whole refill pays a debt, whoever has made it.
    let debt = max(0, -refilled) / pace
    let wait = max(0, debt + time(reserved, held.reserved + max(0, refilled)), time(predicted, held.predicted) - Self.burst)
    return Int64(min(wait, Double(Int64.max / 4)))
  }
}
