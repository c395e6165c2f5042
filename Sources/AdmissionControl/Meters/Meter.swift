/// A quantity that refills at a steady rate: a token bucket over integers, in which nothing is ever lost to rounding.
///
/// The arithmetic is refill, debit, credit and nothing else, so that a script inside a shared store can do the same, bit for bit.
public struct Meter: Sendable, Equatable {
  /// How long a limit's value takes to come.
  public enum Period: Sendable, Equatable {
    case minute, day

    /// Nanoseconds that a rate of one unit per period takes for one micro-unit.
    @inlinable var divisor: Int64 { self == .minute ? 60_000 : 86_400_000 }
  }

  /// Micro-units of one unit.
  public static let micro: Int64 = 1_000_000
  /// Units: more than any quota has. Levels, debts and rates stay below it, and their micro-units within 64 bits.
  public static let unitsMax: Int64 = 1_000_000_000_000
  private static let floor: Int64 = -4_000_000_000_000_000_000

  public let period: Period
  /// Units per period, at least 0.
  public private(set) var rate: Int64
  /// Micro-units.
  public private(set) var capacity: Int64
  /// Micro-units; below zero there is debt.
  public private(set) var level: Int64
  /// What the last refill left below a micro-unit, in parts of ``Period/divisor``.
  private var remainder: Int64 = 0
  /// Nanoseconds of the clock that the caller reads.
  private var updatedAt: Int64

  /// A full one.
  /// - Parameters:
  ///   - rate: units per period, 0 to ``unitsMax``.
  ///   - capacity: units, 0 to ``unitsMax``.
  public init(rate: Int64, capacity: Int64, period: Period, at now: Int64) {
    self.period = period
    self.rate = min(max(rate, 0), Self.unitsMax)
    self.capacity = min(max(capacity, 0), Self.unitsMax) * Self.micro
    level = self.capacity
    updatedAt = now
  }

  /// Adds what has come since the last time; a clock that goes back adds nothing.
  @inline(__always)
  public mutating func refill(at now: Int64) {
    let elapsed = now &- updatedAt
    guard elapsed > 0 else { return }
    updatedAt = now
    guard level < capacity else { return }
    let (product, overflow) = rate.multipliedReportingOverflow(by: elapsed)
    guard !overflow, product < .max - 86_400_000 else { return refillLong(elapsed) }
    let parts = product &+ remainder
    // Divisions by a constant cost a fraction of others.
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

  /// Takes an amount, into debt if need be.
  /// - Parameter micros: micro-units, not negative.
  @inline(__always)
  public mutating func debit(_ micros: Int64) {
    level = level < Self.floor &+ micros ? Self.floor : level &- micros
  }

  /// Takes an amount that is there; one above the brim needs a full meter and leaves debt.
  /// - Parameter micros: micro-units, not negative.
  /// - Returns: false where it is not, and then nothing is taken.
  @inline(__always)
  public mutating func take(_ micros: Int64, at now: Int64) -> Bool {
    refill(at: now)
    guard level >= min(micros, capacity) else { return false }
    debit(micros)
    return true
  }

  /// Gives an amount back, up to the brim; a negative one is taken.
  ///
  /// What is given back needs no refill first: capped sums of additions are the same in any order. What is taken does.
  @inline(__always)
  public mutating func credit(_ micros: Int64, at now: Int64) {
    if micros >= 0 {
      rise(by: micros)
    } else {
      refill(at: now)
      debit(0 &- micros)
    }
  }

  /// Lets the level fall to at most so much.
  public mutating func lower(to micros: Int64, at now: Int64) {
    refill(at: now)
    level = min(level, micros)
  }

  /// Another rate and brim from now on: what is there stays there, up to the brim.
  public mutating func set(rate: Int64, capacity: Int64, at now: Int64) {
    refill(at: now)
    self.rate = min(max(rate, 0), Self.unitsMax)
    self.capacity = min(max(capacity, 0), Self.unitsMax) * Self.micro
    level = min(level, self.capacity)
  }

  /// Another rate and brim from now on: what has been used stays used, whichever way the brim moves.
  public mutating func replace(rate: Int64, capacity: Int64, at now: Int64) {
    refill(at: now)
    let missing = self.capacity - level
    set(rate: rate, capacity: capacity, at: now)
    level = max(self.capacity - missing, Self.floor)
  }

  /// Nanoseconds until the level is at least so high if nothing else happens; nil where that is never. The level must be that of now.
  public func wait(for micros: Int64) -> Int64? {
    guard micros > level else { return 0 }
    guard rate > 0, micros <= capacity else { return nil }
    let parts = Int128(micros - level) * Int128(period.divisor) - Int128(remainder)
    let wait = (parts + Int128(rate) - 1) / Int128(rate)
    return Int64(min(wait, Int128(Int64.max / 4)))
  }
}
