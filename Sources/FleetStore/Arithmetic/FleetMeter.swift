/// One limit in a store: a level for safety and a pacer for evenness, in integers that lose nothing to rounding.
///
/// The refill, by "Arithmetic" in docs/design/fleet.md, with `period` ticks in which a rate of 1 adds one unit:
/// ```
/// parts = rate · min(ticks since the last refill, period) + remainder
/// level = min(capacity, level + ⌊parts / period⌋);  remainder = parts mod period, at the capacity 0
/// ```
/// The pacer refills likewise up to the burst. A clock that steps back adds nothing and stalls nothing.
package struct FleetMeter: Sendable, Equatable {
  package internal(set) var limit: FleetLimit
  /// Units that are free; negative: debt. At least ``FleetBounds/levelMin``.
  package internal(set) var level: Int64
  /// What the last refill left over, below the number of ticks of a period.
  var remainder: Int64 = 0
  /// Units that may be sent now; negative: units that are booked ahead.
  package internal(set) var pacer: Int64 = 0
  var pacerRemainder: Int64 = 0
  /// The tick of the last refill.
  var tick: Int64
  /// What the first bundle of a sync usually reserves, in units.
  var usualReserved: Int64 = 0

  /// A full meter, whose pacer is empty.
  /// - Parameter now: milliseconds.
  init(_ limit: FleetLimit, at now: Int64) {
    self.limit = limit
    level = limit.capacity
    tick = limit.kind == .concurrency ? 0 : now / FleetBounds.millisecondsPerTick(of: limit.kind)
  }

  /// Whether the meter paces requests.
  var isPaced: Bool { limit.kind == .minute && limit.rate > 0 }

  /// Adds what has come back since the last refill.
  /// - Parameter now: milliseconds.
  mutating func refill(at now: Int64) {
    guard limit.kind != .concurrency else { return }
    let present = now / FleetBounds.millisecondsPerTick(of: limit.kind)
    let period = FleetBounds.ticks(of: limit.kind)
    let elapsed = min(present - tick, period)
    tick = present
    guard elapsed > 0 else { return }
    Self.raise(&level, &remainder, to: limit.capacity, by: limit.rate * elapsed, period: period)
    guard limit.kind == .minute else { return }
    Self.raise(&pacer, &pacerRemainder, to: limit.burst, by: limit.rate * elapsed, period: period)
  }

  private static func raise(_ level: inout Int64, _ remainder: inout Int64, to top: Int64, by parts: Int64, period: Int64) {
    guard level < top else { return }
    let parts = parts + remainder
    level += parts / period
    remainder = parts % period
    guard level >= top else { return }
    level = top
    remainder = 0
  }

  /// Adds what a member owes less than the store thought, or takes what it owes more.
  ///
  /// The level stays above −2 · capacity, so that a member that is out of its mind blocks the others for three minutes at most.
  mutating func credit(_ amount: FleetAmount) {
    level = (level + amount.reserved).bounded(-2 * limit.capacity, limit.capacity)
    guard limit.kind == .minute else { return }
    pacer = (pacer + amount.predicted).bounded(-2 * limit.rate, limit.burst)
  }

  /// Enters what a member sent without the store. It never makes a debt, since the service has shown that it had room.
  /// - Parameter units: more or less than it said before.
  mutating func enter(fallback units: Int64) {
    if units < 0 {
      level = min(limit.capacity, level - units)
    } else if level > 0 {
      level = max(0, level - units)
    }
  }

  /// Takes a bundle.
  mutating func debit(_ amount: FleetAmount) {
    level = max(FleetBounds.levelMin, level - amount.reserved)
    guard limit.kind == .minute else { return }
    pacer = max(FleetBounds.levelMin, pacer - amount.predicted)
  }

  /// Gives back the requests in flight of a member that died.
  mutating func giveBack(_ units: Int64) {
    level = (level + units).bounded(FleetBounds.levelMin, limit.capacity)
  }

  /// Takes a new limit. The level stays as far below the capacity as it was.
  /// - Parameter isThrottled: whether the service throttled: then nothing is left, and a second of refill is owed.
  mutating func adopt(_ new: FleetLimit, isThrottled: Bool) {
    level = max(FleetBounds.levelMin, level + new.capacity - limit.capacity)
    pacer = min(pacer, new.burst)
    limit = new
    remainder = 0
    pacerRemainder = 0
    if isThrottled, new.kind == .minute { level = min(level, -(new.rate / 60)) }
  }

  /// Believes a member that has seen a lower level than this store, which is younger than the member.
  mutating func believe(_ hint: Int64) {
    guard limit.kind != .concurrency else { return }
    level = min(level, max(hint, -2 * limit.capacity))
  }

  /// Adapts what a first bundle usually reserves, by an eighth of the difference.
  mutating func learn(_ reserved: Int64) {
    usualReserved += usualReserved == 0 ? reserved : (reserved - usualReserved).dividedDown(by: 8)
  }

  /// The time for which the limit pays a number of units, in microseconds, rounded down; ±11 days at most.
  /// - Returns: 0 if the meter doesn't pace.
  func microseconds(for units: Int64) -> Int64 {
    guard isPaced else { return 0 }
    // Two steps, since units · 60,000,000 would exceed 2⁵³ in a script.
    let parts = units.bounded(-FleetBounds.unitsMax, FleetBounds.unitsMax) * 60_000
    let milliseconds = parts.dividedDown(by: limit.rate)
    guard abs(milliseconds) < FleetBounds.costMax / 1_000 else {
      return milliseconds < 0 ? -FleetBounds.costMax : FleetBounds.costMax
    }
    return milliseconds * 1_000 + (parts - milliseconds * limit.rate) * 1_000 / limit.rate
  }

  /// Microseconds until a bundle is paid for, or a burst of it; negative if it could have started before.
  func start(of predicted: Int64) -> Int64 { microseconds(for: min(predicted, limit.burst) - pacer) }

  /// Milliseconds until the level allows a bundle after those that wait before it, if nothing else happens; 0: now.
  ///
  /// More than the capacity needs a full meter.
  func wait(for reserved: Int64, ahead: Int64) -> Int64 {
    if limit.kind == .concurrency { return level - ahead < reserved ? Self.concurrencyWait : 0 }
    let lack = min(reserved, limit.capacity) + ahead - level
    guard lack > 0 else { return 0 }
    guard limit.rate > 0 else { return Self.wait0 }
    let parts = min(lack, FleetBounds.unitsMax) * FleetBounds.ticks(of: limit.kind)
    let ticks = (parts + limit.rate - 1) / limit.rate
    return min(ticks, Self.ticksMax) * FleetBounds.millisecondsPerTick(of: limit.kind)
  }

  /// Milliseconds after which to ask again for a place among the requests in flight.
  private static let concurrencyWait: Int64 = 250
  /// Milliseconds after which to ask again at a limit of 0.
  private static let wait0: Int64 = 60_000
  /// Longer waits are all the same to a member, which asks again after 10 s.
  private static let ticksMax: Int64 = 1_000_000_000
}
