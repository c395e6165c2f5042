/// The source of a limit's units: it knows how much is free now, and when more is added.
///
/// There are two sources. A ``Meter`` refills by the clock; it is right if one process has the quota to itself. ``PrepaidChunks``
/// are granted by a store that several processes share. A ``Gate`` calls the methods below; the queue, the pacing, the deadlines
/// and the settlement don't depend on which source it has.
///
/// Amounts are micro-units, times are nanoseconds of the limiter's clock. Every source keeps these promises (`LimitSourceTests`):
/// - ``take(_:at:)`` takes an amount if and only if the level is at least as high, or the source is full.
/// - ``wait(for:)`` is exact: with no other event, the amount can be taken after that time and not a nanosecond before.
/// - A time earlier than the last one changes nothing.
/// - ``lower(to:at:)`` never raises the level.
package protocol LimitSource: Sendable {
  /// The amount that was free at the last refill. Negative: debt.
  var level: Int64 { get }
  /// The highest level. A request for more needs a full source and leaves a debt.
  var capacity: Int64 { get }

  /// Brings the level up to date.
  mutating func refill(at now: Int64)
  /// Takes an amount if it is free.
  /// - Returns: false if it is not; then nothing is taken.
  mutating func take(_ micros: Int64, at now: Int64) -> Bool
  /// Takes an amount, even if that leaves a debt.
  mutating func debit(_ micros: Int64)
  /// Gives back an amount that a request didn't need. A negative amount is taken.
  mutating func credit(_ micros: Int64, at now: Int64)
  /// Lowers the level to an amount, unless it is lower already.
  mutating func lower(to micros: Int64, at now: Int64)
  /// The estimate of the limit has changed: the level stays as it is, up to the new capacity.
  mutating func set(rate: Int64, capacity: Int64, at now: Int64)
  /// The limit itself has changed: usage of the old limit counts against the new one.
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
