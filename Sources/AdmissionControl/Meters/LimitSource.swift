/// Who grants the units of a limit: what is free now, and when more comes.
///
/// There are two sources. A ``Meter`` refills by the clock; it is right where one process has the quota to itself.
/// ``PrepaidChunks`` are granted by a store that several processes share. A ``Gate`` asks its source the questions below; the queue,
/// the pacing, the deadlines and the settlement don't know which of the two answers.
///
/// Amounts are micro-units, times are nanoseconds of the limiter's clock. Every source keeps these promises (`LimitSourceTests`):
/// - ``take(_:at:)`` takes an amount if and only if the level is at least as high, or the source is full.
/// - ``wait(for:)`` is exact: with no other event, the amount can be taken after that time and not a nanosecond before.
/// - A time that goes back changes nothing.
/// - ``lower(to:at:)`` never raises the level.
package protocol LimitSource: Sendable {
  /// What is free as of the last refill. Negative: debt.
  var level: Int64 { get }
  /// The highest level. A request for more needs a full source, and leaves debt.
  var capacity: Int64 { get }

  /// Brings the level up to date.
  mutating func refill(at now: Int64)
  /// Takes an amount if it is free.
  /// - Returns: false if it is not; then nothing is taken.
  mutating func take(_ micros: Int64, at now: Int64) -> Bool
  /// Takes an amount, into debt if need be.
  mutating func debit(_ micros: Int64)
  /// A request needs this much less than was taken for it; negative: more.
  mutating func credit(_ micros: Int64, at now: Int64)
  /// The level falls to this, unless it is lower already.
  mutating func lower(to micros: Int64, at now: Int64)
  /// The limit seems to be another one: the level stays as it is, up to the capacity.
  mutating func set(rate: Int64, capacity: Int64, at now: Int64)
  /// The limit is another one: what has been used of the old one counts against the new one.
  mutating func replace(rate: Int64, capacity: Int64, at now: Int64)
  /// Nanoseconds from the last refill until the amount is free, if nothing else happens; nil if it never is.
  func wait(for micros: Int64) -> Int64?
}

extension LimitSource {
  /// Whether an amount can be taken. Refills first.
  @inline(__always)
  mutating func hasRoom(for micros: Int64, at now: Int64) -> Bool {
    refill(at: now)
    return level >= min(micros, capacity)
  }
}
