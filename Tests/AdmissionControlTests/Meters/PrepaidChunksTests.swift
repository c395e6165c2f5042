import AdmissionControl
import Testing

/// What a store has granted: when it can be used, and what is owed for it.
struct PrepaidChunksTests {
  private func chunk(_ units: Int64, from start: Int64 = 0, to end: Int64 = minute) -> PrepaidChunks.Chunk {
    .init(micros: units * Meter.micro, startsAt: start, expiresAt: end)
  }

  /// The level and what is owed.
  private func units(_ chunks: PrepaidChunks) -> [Int64] { [chunks.level / Meter.micro, chunks.owed / Meter.micro] }

  @Test func aChunkIsOwedAtOnceAndUsableFromItsStart() {
    var chunks = PrepaidChunks(at: 0)
    chunks.grant(chunk(10, from: second), at: 0)
    #expect(units(chunks) == [0, 10])
    chunks.refill(at: second - 1)
    #expect(units(chunks) == [0, 10])
    chunks.refill(at: second)
    #expect(units(chunks) == [10, 10])
  }

  @Test func whatIsNotUsedInTimeGoesBack() {
    var chunks = PrepaidChunks(at: 0)
    chunks.grant(chunk(10, to: second), at: 0)
    let isTaken = chunks.take(4 * Meter.micro, at: 0)
    #expect(isTaken && units(chunks) == [6, 10])
    chunks.refill(at: second)
    #expect(units(chunks) == [0, 4])
  }

  /// The chunk that starts first is spent first, so that the one that expires later is left.
  @Test func chunksAreSpentInOrder() {
    var chunks = PrepaidChunks(at: 0)
    chunks.grant(chunk(5, from: 2, to: 2 * second), at: 0)
    chunks.grant(chunk(5, from: 1, to: second), at: 0)
    let isTaken = chunks.take(5 * Meter.micro, at: 2)
    #expect(isTaken)
    chunks.refill(at: second)
    #expect(units(chunks) == [5, 10])
  }

  @Test(arguments: [(-3, 13), (0, 10), (4, 6), (10, 0)] as [(Int64, Int64)])
  func settlementsChangeWhatIsOwedAndNotWhatIsFree(credit: Int64, owed: Int64) {
    var chunks = PrepaidChunks(at: 0)
    chunks.grant(chunk(10), at: 0)
    let isTaken = chunks.take(10 * Meter.micro, at: 0)
    chunks.credit(credit * Meter.micro, at: second)
    #expect(isTaken && units(chunks) == [0, owed])
  }

  @Test func givingBackLeavesWhatIsInFlight() {
    var chunks = PrepaidChunks(at: 0)
    chunks.grant(chunk(10), at: 0)
    chunks.grant(chunk(10, from: second), at: 0)
    let isTaken = chunks.take(4 * Meter.micro, at: 0)
    chunks.giveBack(at: 0)
    #expect(isTaken && units(chunks) == [0, 4])
    chunks.refill(at: minute)
    #expect(units(chunks) == [0, 4])
  }

  @Test func chunksAreBounded() {
    var chunks = PrepaidChunks(at: 0)
    for _ in 0...PrepaidChunks.chunksMax { chunks.grant(chunk(1), at: 0) }
    #expect(chunks.isFull && units(chunks) == [1_024, 1_024])
  }

  /// Nothing is won or lost: owed = not used yet + in flight + final costs.
  @Test(arguments: 1...10)
  func conservesInExactIntegers(seed: Int) {
    var random = Generator(seed: seed)
    var chunks = PrepaidChunks(at: 0)
    var (now, inFlight, final) = (Int64(0), [Int64](), Int64(0))
    for _ in 0..<2_000 {
      now += random.int(0...second)
      switch random.int(0...3) {
      case 0:
        let start = now + random.int(0...second)
        let end = start + random.int(0...3 * second)
        chunks.grant(.init(micros: random.int(0...5_000_000), startsAt: start, expiresAt: end), at: now)
      case 1:
        let micros = random.int(0...3_000_000)
        if chunks.take(micros, at: now) { inFlight.append(micros) }
      default:
        guard let micros = inFlight.popLast() else { continue }
        let cost = random.int(0...2 * micros)
        final += cost
        chunks.credit(micros - cost, at: now)
      }
      let rest = chunks.owed - final - inFlight.reduce(0, +)
      #expect(rest >= chunks.level && chunks.level >= 0)
    }
    // When all is over, what was used is all that is owed.
    chunks.refill(at: now + minute)
    for micros in inFlight { chunks.credit(micros, at: now) }
    #expect(chunks.owed == final && chunks.level == 0)
  }
}
