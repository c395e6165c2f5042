import Testing

@testable import FleetStore

struct FleetMeterTests {
  private let tokens = FleetLimit(.minute, rate: 600_000, capacity: 570_000, burst: 10_000)

  private func meter(_ limit: FleetLimit, level: Int64) -> FleetMeter {
    var meter = FleetMeter(limit, at: 0)
    meter.level = level
    return meter
  }

  @Test(arguments: [(1, 10), (3, 30), (60_000, 570_000), (1_000_000, 570_000), (0, 0), (-5_000, 0)] as [(Int64, Int64)])
  func itRefillsByTheClock(elapsed: Int64, level: Int64) {
    var meter = meter(tokens, level: 0)
    meter.tick = 10_000_000
    meter.refill(at: 10_000_000 + elapsed)
    #expect(meter.level == level && meter.tick == 10_000_000 + elapsed)
  }

  /// 7 units a minute add nothing in 8 ms, and yet nothing gets lost.
  @Test func noFractionIsLost() {
    var meter = meter(FleetLimit(.minute, rate: 7, capacity: 7, burst: 7), level: 0)
    for step: Int64 in 1...7_500 { meter.refill(at: step * 8) }
    #expect(meter.level == 7 && meter.pacer == 7)
  }

  @Test func theLargestLimitsStayBelow2To53() {
    for kind in [FleetLimit.Kind.minute, .day] {
      var meter = meter(
        FleetLimit(kind, rate: FleetBounds.unitsMax, capacity: FleetBounds.unitsMax, burst: FleetBounds.unitsMax), level: 0)
      meter.refill(at: 86_399_999)
      #expect(meter.level <= FleetBounds.unitsMax && meter.level > 0)
      #expect(FleetBounds.unitsMax * FleetBounds.ticks(of: kind) + FleetBounds.unitsMax < FleetBounds.integerMax)
    }
  }

  @Test func aDayComesBackInADay() {
    var meter = meter(FleetLimit(.day, rate: 86_400, capacity: 86_400), level: 0)
    meter.refill(at: 3_600_999)
    #expect(meter.level == 3_600)
    meter.refill(at: 86_400_000)
    #expect(meter.level == 86_400)
  }

  @Test(
    arguments: [
      (570_000, 570_000, 0, 0), (10, 0, 0, 1), (11, 0, 0, 2), (600_000, 0, 0, 57_000), (600_000, 570_000, 0, 0), (10, 15, 10, 1),
    ] as [(Int64, Int64, Int64, Int64)])
  func theWaitIsExact(reserved: Int64, level: Int64, ahead: Int64, wait: Int64) {
    var meter = meter(tokens, level: level)
    #expect(meter.wait(for: reserved, ahead: ahead) == wait)
    meter.refill(at: wait)
    #expect(meter.wait(for: reserved, ahead: ahead) == 0)
  }

  @Test func aLimitOfNothingIsAskedForLater() {
    #expect(meter(FleetLimit(.minute, rate: 0, capacity: 0), level: 0).wait(for: 0, ahead: 0) == 0)
    #expect(meter(FleetLimit(.minute, rate: 0, capacity: 10), level: 0).wait(for: 1, ahead: 0) == 60_000)
    #expect(meter(FleetLimit(.concurrency, rate: 2, capacity: 2), level: 1).wait(for: 1, ahead: 1) == 250)
  }

  @Test(
    arguments: [
      (0, 600_000, 0), (1, 600_000, 100), (7, 600_000, 700), (1, 7, 8_571_428), (-1, 7, -8_571_429),
      (100_000_000, 1, 1_000_000_000_000),
      (-100_000_000, 1, -1_000_000_000_000), (100_000_000_000, 100_000_000_000, 60_000_000),
      (99_999_999_999, 100_000_000_000, 59_999_999),
    ] as [(Int64, Int64, Int64)])
  func timesOfUnits(units: Int64, rate: Int64, microseconds: Int64) {
    #expect(FleetMeter(FleetLimit(.minute, rate: rate, capacity: 1), at: 0).microseconds(for: units) == microseconds)
  }

  @Test func otherLimitsDontPace() {
    #expect(FleetMeter(FleetLimit(.day, rate: 1, capacity: 1), at: 0).microseconds(for: 5) == 0)
    #expect(FleetMeter(FleetLimit(.minute, rate: 0, capacity: 1), at: 0).microseconds(for: 5) == 0)
  }
}
