/// The ranges that keep every number of the protocol and every product of two of them below 2⁵³, so that scripts whose only numbers
/// are doubles compute exactly.
package enum FleetBounds {
  /// 2⁵³ − 1.
  package static let integerMax: Int64 = 9_007_199_254_740_991
  /// The largest limit, capacity, burst and amount of a bundle, in units. The largest product is that of a day: 86,400 · 10¹¹.
  package static let unitsMax: Int64 = 100_000_000_000
  /// The lowest level, in units.
  package static let levelMin: Int64 = -1_000_000_000_000
  /// The largest sum of all that a member has owed since its start, in units.
  package static let owedMax: Int64 = 4_000_000_000_000_000
  /// The same after the bundles of one sync.
  static let recordedMax: Int64 = 4_100_000_000_000_000
  /// The longest cost of a bundle, in microseconds of the quota: 11 days.
  package static let costMax: Int64 = 1_000_000_000_000
  /// The largest sum that members beyond the fourth are taken to ask for: units, or microseconds of the quota.
  static let aheadMax: Int64 = 1_000_000_000_000
  /// The largest sum of a strict window and of four times a slot, in units.
  static let windowMax: Int64 = 1_000_000_000_000_000
  /// The last millisecond since 1970.
  package static let timeMax: Int64 = 100_000_000_000_000
  /// The farthest horizon, in ms.
  package static let horizonMax: Int64 = 60_000
  package static let weightMax: Int64 = 1_000_000
  /// All of a limit, in millionths.
  package static let shareMax: Int64 = 1_000_000
  package static let metersMax = 8
  package static let bundlesMax = 64
  package static let creditsMax = 1_000

  /// Ticks in which a rate of 1 adds one unit.
  static func ticks(of kind: FleetLimit.Kind) -> Int64 { kind == .day ? 86_400 : 60_000 }
  static func millisecondsPerTick(of kind: FleetLimit.Kind) -> Int64 { kind == .day ? 1_000 : 1 }
}

extension Int64 {
  /// The quotient, rounded down for negative numbers, too.
  func dividedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  func bounded(_ low: Int64, _ high: Int64) -> Int64 { Swift.max(low, Swift.min(high, self)) }
}
