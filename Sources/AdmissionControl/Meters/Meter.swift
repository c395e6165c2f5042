/// A level that refills at a steady rate: a token bucket over integers that loses nothing to rounding.
///
/// The arithmetic is pure and needs only 64-bit integers and their division (128 bits only after long pauses), so that a script
/// in a shared store can mirror it bit for bit. As pseudocode, with `divisor` parts in one micro-unit:
/// ```
/// refill(now):   if now > updatedAt:  parts = rate · (now − updatedAt) + remainder;  updatedAt = now
///                level += parts / divisor;  remainder = parts % divisor;  at or above the capacity: level = capacity, remainder = 0
/// debit(a):      level −= a                          (not below −4·10¹⁸)
/// take(a, now):  refill(now);  if level ≥ min(a, capacity): debit(a)
/// credit(a):     level = min(level + a, capacity);  at the capacity: remainder = 0
/// credit(−a):    refill(now);  debit(a)
/// ```
package struct Meter: LimitSource, Equatable {
  /// The time in which a rate of 1 adds one unit.
  package enum Period: Sendable, Equatable {
    case minute, day

    /// Nanoseconds in which a rate of one unit per period adds one micro-unit.
    package var divisor: Int64 { self == .minute ? 60_000 : 86_400_000 }
  }

  /// Micro-units per unit.
  package static let micro: Int64 = 1_000_000
  /// The largest rate and capacity, in units. It exceeds every quota, and levels and debts in micro-units stay within 64 bits.
  package static let unitsMax: Int64 = 1_000_000_000_000
  /// The lowest level, in micro-units. It keeps sums from overflowing.
  private static let floor: Int64 = -4_000_000_000_000_000_000

  package let period: Period
  /// Units per period, 0 to ``unitsMax``.
  package private(set) var rate: Int64
  /// Micro-units.
  package private(set) var capacity: Int64
  /// Micro-units. Negative: debt.
  package private(set) var level: Int64
  /// The fraction of a micro-unit that the last refill left over, in parts; a micro-unit has ``Period/divisor`` parts.
  private var remainder: Int64 = 0
  /// Nanoseconds of the caller's clock.
  private var updatedAt: Int64

  /// A full meter.
  /// - Parameters:
  ///   - rate: units per period, 0 to ``unitsMax``.
  ///   - capacity: units, 0 to ``unitsMax``.
  package init(rate: Int64, capacity: Int64, period: Period, at now: Int64) {
    self.period = period
    self.rate = min(max(rate, 0), Self.unitsMax)
    self.capacity = min(max(capacity, 0), Self.unitsMax) * Self.micro
    level = self.capacity
    updatedAt = now
  }

  /// Adds the refill since the last call. A time earlier than that of the last call adds nothing.
  @inline(__always)
  package mutating func refill(at now: Int64) {
    let elapsed = now &- updatedAt
    guard elapsed > 0 else { return }
    updatedAt = now
    guard level < capacity else { return }
    let (product, overflow) = rate.multipliedReportingOverflow(by: elapsed)
    guard !overflow, product < .max - Period.day.divisor else { return refillLong(elapsed) }
    let parts = product &+ remainder
    // The compiler turns these divisions by constants into multiplications, which are several times faster.
    let gain = period == .minute ? parts / 60_000 : parts / 86_400_000
    remainder = parts &- gain &* period.divisor
    rise(by: gain)
  }

  @inline(never)
  private mutating func refillLong(_ elapsed: Int64) {
    let parts = Int128(rate) * Int128(elapsed) + Int128(remainder)
    let gain = parts / Int128(period.divisor)
    guard gain < Int128(capacity) - Int128(level) else {
      level = capacity
      remainder = 0
      return
    }
    remainder = Int64(parts % Int128(period.divisor))
    level += Int64(gain)
  }

  @inline(__always)
  private mutating func rise(by gain: Int64) {
    if gain >= capacity &- level {
      level = capacity
      remainder = 0
    } else {
      level &+= gain
    }
  }

  /// Takes an amount, even if that leaves a debt.
  /// - Parameter micros: micro-units, not negative.
  @inline(__always)
  package mutating func debit(_ micros: Int64) {
    level = level < Self.floor &+ micros ? Self.floor : level &- micros
  }

  /// Takes an amount if it is free. An amount above the capacity needs a full meter and leaves a debt.
  /// - Parameter micros: micro-units, not negative.
  /// - Returns: false if it isn't free; then nothing is taken.
  @inline(__always)
  package mutating func take(_ micros: Int64, at now: Int64) -> Bool {
    refill(at: now)
    guard level >= min(micros, capacity) else { return false }
    debit(micros)
    return true
  }

  /// Gives an amount back, up to the capacity. A negative amount is taken.
  ///
  /// Taking needs a refill first. Giving back doesn't, because capped additions have the same sum in any order.
  @inline(__always)
  package mutating func credit(_ micros: Int64, at now: Int64) {
    if micros >= 0 {
      rise(by: micros)
    } else {
      refill(at: now)
      debit(0 &- micros)
    }
  }

  /// Lowers the level to an amount, unless it is lower already.
  package mutating func lower(to micros: Int64, at now: Int64) {
    refill(at: now)
    level = min(level, micros)
  }

  /// Changes the rate and capacity. The level stays as it is, up to the new capacity.
  package mutating func set(rate: Int64, capacity: Int64, at now: Int64) {
    refill(at: now)
    self.rate = min(max(rate, 0), Self.unitsMax)
    self.capacity = min(max(capacity, 0), Self.unitsMax) * Self.micro
    level = min(level, self.capacity)
  }

  /// Changes the rate and capacity. The level is then as far below the new capacity as it was below the old one.
  package mutating func replace(rate: Int64, capacity: Int64, at now: Int64) {
    refill(at: now)
    let missing = self.capacity - level
    set(rate: rate, capacity: capacity, at: now)
    level = max(self.capacity - missing, Self.floor)
  }

  /// Nanoseconds from the last refill until the level reaches the amount, if nothing else happens; nil if it never does.
  package func wait(for micros: Int64) -> Int64? {
    guard micros > level else { return 0 }
    guard rate > 0, micros <= capacity else { return nil }
    let parts = Int128(micros - level) * Int128(period.divisor) - Int128(remainder)
    let wait = (parts + Int128(rate) - 1) / Int128(rate)
    return Int64(min(wait, Int128(Int64.max / 4)))
  }
}
