import AdmissionControl
import Testing

/// The meter's arithmetic: integers, nothing lost or gained.
struct MeterTests {
  private func meter(_ rate: Int64, _ capacity: Int64, _ period: Meter.Period = .minute, empty: Bool = true) -> Meter {
    var meter = Meter(rate: rate, capacity: capacity, period: period, at: 0)
    if empty { meter.debit(meter.capacity) }
    return meter
  }

  /// The refill over an interval doesn't depend on how the interval is cut.
  @Test(arguments: [Meter.Period.minute, .day], [1, 7, 59_999, 1_000_003, 999_999_999_937])
  func refillIsExactHoweverTimeIsCut(period: Meter.Period, rate: Int64) {
    var random = Generator(seed: Int(rate))
    for _ in 0..<50 {
      let end = random.int(1...50 * second)
      var (whole, cut) = (meter(rate, Meter.unitsMax, period), meter(rate, Meter.unitsMax, period))
      whole.refill(at: end)
      var now: Int64 = 0
      while now < end {
        now = min(end, now + random.int(0...end / 7 + 1))
        cut.refill(at: now)
      }
      #expect(cut == whole)
      let expected = Int128(rate) * Int128(end) / (period == .minute ? 60_000 : 86_400_000)
      #expect(Int128(whole.level) == expected)
    }
  }

  @Test func aDayMeterRefillsInADay() {
    var day = meter(1_000_000, 1_000_000, .day)
    day.refill(at: 86_400 * second - 1)
    #expect(day.level == 1_000_000 * Meter.micro - 1)
    day.refill(at: 86_400 * second)
    #expect(day.level == day.capacity)
  }

  /// Nothing is gained or lost: level = start − debits + credits + refill, to the micro-unit.
  @Test(arguments: 1...10)
  func conservesInExactIntegers(seed: Int) {
    var random = Generator(seed: seed)
    let rate = random.int(1...1_000_000_000)
    var meter = meter(rate, Meter.unitsMax)
    var booked = Int128(meter.level)
    var now: Int64 = 0
    for _ in 0..<2_000 {
      now += random.int(0...second)
      meter.refill(at: now)
      let micros = random.int(0...5_000_000_000_000)
      if random.chance(0.6) { meter.debit(micros) } else { meter.credit(micros, at: now) }
    }
    // The same trace again, in 128 bits.
    random = Generator(seed: seed)
    _ = random.int(1...1_000_000_000)
    now = 0
    for _ in 0..<2_000 {
      now += random.int(0...second)
      let micros = Int128(random.int(0...5_000_000_000_000))
      booked += random.chance(0.6) ? -micros : micros
    }
    #expect(Int128(meter.level) == booked + Int128(rate) * Int128(now) / 60_000)
  }

  /// A full meter keeps nothing above its capacity, not even a part of a micro-unit.
  @Test func whatComesBackAboveTheBrimIsLost() {
    var refunded = meter(7, 1)
    refunded.refill(at: 12_345)
    refunded.credit(refunded.capacity, at: 12_345)
    var full = meter(7, 1, empty: false)
    full.refill(at: 12_345)
    #expect(refunded == full)
  }

  @Test func debtIsKeptAndPaidOff() {
    var meter = meter(60, 60)
    meter.debit(30 * Meter.micro)
    #expect(meter.level == -30 * Meter.micro)
    #expect(meter.wait(for: Meter.micro) == 31 * second)
    meter.credit(-5 * Meter.micro, at: 10 * second)
    #expect(meter.level == -25 * Meter.micro)
  }

  /// A late debit comes after the refill before it, so that a full meter doesn't refill what was not taken yet.
  @Test func aDebitByCreditRefillsFirst() {
    var meter = meter(60, 60, empty: false)
    meter.credit(-10 * Meter.micro, at: 30 * second)
    meter.refill(at: 30 * second)
    #expect(meter.level == 50 * Meter.micro)
  }

  @Test func timeGoingBackAddsNothingTwice() {
    var meter = meter(60, 60)
    for time in [10, 5, -20, 10, 9] as [Int64] { meter.refill(at: time * second) }
    #expect(meter.level == 10 * Meter.micro)
  }

  @Test func hugeValuesNeitherTrapNorWrap() {
    var largest = Meter(rate: .max, capacity: .max, period: .minute, at: 0)
    #expect(largest.rate == Meter.unitsMax)
    #expect(largest.level == Meter.unitsMax * Meter.micro)
    for _ in 0..<20 { largest.debit(.max) }
    #expect(largest.level < -Meter.unitsMax * Meter.micro)
    largest.credit(.min, at: 0)
    let wait = largest.wait(for: largest.capacity)
    #expect(wait.map { $0 > 0 } == true)
    largest.refill(at: .max)
    #expect(largest.level == largest.capacity)
    largest.credit(.max, at: .max)
    #expect(largest.level == largest.capacity)

    var smallest = Meter(rate: .min, capacity: .min, period: .day, at: 0)
    smallest.refill(at: .max)
    #expect(smallest.level == 0 && smallest.rate == 0)
    #expect(smallest.wait(for: 1) == nil)
    #expect(smallest.wait(for: 0) == 0)
  }

  @Test func aPauseFillsToTheBrimAndNoFurther() {
    var meter = meter(1_000_000_000_000, 950_000_000)
    meter.refill(at: 10 * 365 * 86_400 * second)
    #expect(meter.level == 950_000_000 * Meter.micro)
  }

  @Test(arguments: [(2, 10), (60, 30), (60, 100), (0, 0)] as [(Int64, Int64)])
  func settersLeaveWhatIsThere(rate: Int64, capacity: Int64) {
    var moved = meter(60, 60)
    moved.set(rate: rate, capacity: capacity, at: 20 * second)
    #expect(moved.level == min(20, capacity) * Meter.micro)
    #expect(moved.rate == rate && moved.capacity == capacity * Meter.micro)
    // Twenty seconds' worth was there and forty missing; forty are still missing.
    var replaced = meter(60, 60)
    replaced.replace(rate: rate, capacity: capacity, at: 20 * second)
    #expect(replaced.level == (capacity - 40) * Meter.micro)
  }

  @Test func aLimitThatComesBackBringsNothingBack() {
    var meter = meter(60, 60, empty: false)
    meter.debit(40 * Meter.micro)
    for limit in [0, 1_000, 5, 60] as [Int64] { meter.replace(rate: limit, capacity: limit, at: 0) }
    #expect(meter.level == 20 * Meter.micro)
  }

  @Test func loweringTakesAndNeverGives() {
    var meter = meter(60, 60)
    meter.lower(to: -Meter.micro, at: 30 * second)
    #expect(meter.level == -Meter.micro)
    meter.lower(to: 50 * Meter.micro, at: 31 * second)
    #expect(meter.level == 0)
  }
}
