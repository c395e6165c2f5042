import AdmissionControl
import Testing

/// What every source of a limit's units promises; the same suite over both.
struct LimitSourceTests {
  enum Kind: CaseIterable {
    case meter, chunks

    /// A source that is empty at first and gets one unit a second, for ten minutes at least.
    func source() -> any LimitSource {
      switch self {
      case .meter:
        var meter = Meter(rate: 60, capacity: 600, period: .minute, at: 0)
        meter.debit(600 * Meter.micro)
        return meter
      case .chunks:
        var chunks = PrepaidChunks(at: 0)
        for start in 1...600 as ClosedRange<Int64> {
          chunks.grant(.init(micros: Meter.micro, startsAt: start * second, expiresAt: .max), at: 0)
        }
        return chunks
      }
    }
  }

  @Test(arguments: Kind.allCases, 1...4)
  func takesWhatIsFreeAndNothingElse(kind: Kind, seed: Int) {
    var random = Generator(seed: seed)
    var source = kind.source()
    var (now, taken) = (Int64(0), Int64(0))
    while now < 9 * minute {
      now += random.int(0...3 * second)
      let micros = random.int(1...3 * Meter.micro)
      source.refill(at: now)
      let before = source.level
      let isTaken = source.take(micros, at: now)
      #expect(isTaken == (before >= micros))
      #expect(source.level == before - (isTaken ? micros : 0))
      if isTaken { taken += micros }
      #expect(taken <= now / second * Meter.micro + (kind == .meter ? Meter.micro : 0))
    }
    #expect(taken > 300 * Meter.micro, "little of what came was used")
  }

  @Test(arguments: Kind.allCases, 1...4)
  func theWaitIsExact(kind: Kind, seed: Int) throws {
    var random = Generator(seed: seed)
    var source = kind.source()
    var now: Int64 = 0
    var waits = 0
    for _ in 0..<100 {
      now += random.int(0...second)
      let micros = random.int(1...5 * Meter.micro)
      source.refill(at: now)
      let wait = try #require(source.wait(for: micros))
      if wait > 0 {
        waits += 1
        var early = source
        let isTooEarly = early.take(micros, at: now + wait - 1)
        #expect(!isTooEarly)
      }
      now += wait
      let isTaken = source.take(micros, at: now)
      #expect(isTaken)
    }
    #expect(waits > 20)
  }

  @Test(arguments: Kind.allCases)
  func neverIsNotAWait(kind: Kind) {
    var source = kind.source()
    source.refill(at: second)
    #expect(source.wait(for: 601 * Meter.micro) == nil)
    #expect(source.wait(for: 0) == 0)
  }

  @Test(arguments: Kind.allCases, 1...4)
  func timeGoingBackChangesNothing(kind: Kind, seed: Int) {
    var random = Generator(seed: seed)
    var (steady, jumpy) = (kind.source(), kind.source())
    var now: Int64 = 0
    for _ in 0..<300 {
      now += random.int(0...2 * second)
      let micros = random.int(1...3 * Meter.micro)
      jumpy.refill(at: now)
      let seen = random.chance(0.5) ? now - random.int(0...minute) : now
      let (expected, isTaken) = (steady.take(micros, at: now), jumpy.take(micros, at: seen))
      #expect(isTaken == expected)
      #expect(steady.level == jumpy.level)
    }
  }

  @Test(arguments: Kind.allCases)
  func loweringTakesAndNeverGives(kind: Kind) {
    var source = kind.source()
    source.lower(to: 2 * Meter.micro, at: 5 * second)
    #expect(source.level == 2 * Meter.micro)
    source.lower(to: 9 * Meter.micro, at: 5 * second)
    #expect(source.level == 2 * Meter.micro)
    source.lower(to: -Meter.micro, at: 5 * second)
    #expect(source.level == -Meter.micro)
    // Debt is paid by what comes next.
    source.refill(at: 7 * second)
    #expect(source.level == Meter.micro)
  }

  @Test(arguments: Kind.allCases)
  func hugeValuesNeitherTrapNorRaiseTheLevel(kind: Kind) {
    var source = kind.source()
    source.refill(at: 10 * second)
    let before = source.level
    source.debit(1_000_000_000_000_000_000)
    source.lower(to: .min / 4, at: 0)
    #expect(source.level < before)
    source.refill(at: .max)
    #expect(source.level <= source.capacity)
  }
}
