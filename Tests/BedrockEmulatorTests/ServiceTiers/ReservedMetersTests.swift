import BedrockEmulator
import Testing

struct ReservedMetersTests {
  private let clock = EmulatorClock.manual()

  private func capacity(_ semantics: QuotaSemantics = .bucket60, input: Int = 1_000, output: Int = 500) -> ReservedMeters {
    let capacity = ReservedMeters(semantics: semantics, clock: clock)
    capacity.set(ReservedTokens(input: input, output: output), pool: 0, modelID: "a model")
    return capacity
  }

  private func left(_ capacity: ReservedMeters) -> [Double] {
    capacity.levels.flatMap { [$0.inputAvailable, $0.outputAvailable] }
  }

  /// Whether `amounts` less than before are left. Levels of buckets have fractions.
  private func isLeft(_ capacity: ReservedMeters, _ before: [Double], less amounts: (Int, Int)) -> Bool {
    zip(left(capacity), zip(before, [amounts.0, amounts.1])).allSatisfy { abs($0 - ($1.0 - Double($1.1))) < 1e-6 }
  }

  @Test func aRequestMustFitIntoBothSides() {
    let capacity = capacity()
    #expect(capacity.reserve(pool: 0, input: 1_001, output: 1) == nil)
    #expect(capacity.reserve(pool: 0, input: 1, output: 501) == nil)
    #expect(left(capacity) == [1_000, 500], "what doesn't fit takes nothing")
    #expect(capacity.reserve(pool: 1, input: 1, output: 1) == nil, "another pool has none")
    #expect(capacity.reserve(pool: 0, input: 1_000, output: 500) != nil)
    #expect(capacity.reserve(pool: 0, input: 1, output: 0) == nil)
    clock.advance(by: 30_000_000_000)
    #expect(left(capacity) == [500, 250])
  }

  @Test func theEndGivesBackWhatWasNotUsed() throws {
    let capacity = capacity()
    let lease = try #require(capacity.reserve(pool: 0, input: 600, output: 400))
    #expect(left(capacity) == [400, 100])
    capacity.settle(lease, input: 600, output: 30)
    #expect(left(capacity) == [400, 470])
  }

  @Test func aChangeOrAResetForgetsWhatIsOpen() throws {
    let capacity = capacity()
    let lease = try #require(capacity.reserve(pool: 0, input: 600, output: 400))
    capacity.set(ReservedTokens(input: 100, output: 100), pool: 0, modelID: "a model")
    capacity.settle(lease, input: 0, output: 0)
    #expect(left(capacity) == [100, 100])
    capacity.set(ReservedTokens(input: 0, output: 0), pool: 0, modelID: "a model")
    #expect(capacity.levels.isEmpty)
    #expect(capacity.reserve(pool: 0, input: 0, output: 0) == nil)
  }

  /// Random requests for ten minutes: whatever the semantics, both sides are right to the token against sums of our own.
  @Test(arguments: QuotaSemantics.all.filter { $0.drift == 0 && !$0.isLate }, 0..<4 as Range<UInt64>)
  func bothSidesAreExact(semantics: QuotaSemantics, seed: UInt64) throws {
    let (input, output) = (6_000, 3_000)
    let capacity = capacity(semantics, input: input, output: output)
    var random = QuotaLedgerTests.Generator(state: seed)
    var sums = [0, 0]
    while clock.now < 600_000_000_000 {
      let asked = (Int.random(in: 0...90, using: &random), Int.random(in: 0...90, using: &random))
      let before = left(capacity)
      if let lease = capacity.reserve(pool: 0, input: asked.0, output: asked.1) {
        #expect(before[0] >= Double(asked.0) && before[1] >= Double(asked.1))
        #expect(isLeft(capacity, before, less: asked))
        let used = (Int.random(in: 0...asked.0, using: &random), Int.random(in: 0...asked.1, using: &random))
        capacity.settle(lease, input: used.0, output: used.1)
        #expect(isLeft(capacity, before, less: used))
        (sums[0], sums[1]) = (sums[0] + used.0, sums[1] + used.1)
      } else {
        #expect(before[0] < Double(asked.0) || before[1] < Double(asked.1))
      }
      clock.advance(by: Int64.random(in: 0...50_000_000, using: &random))
    }
    // Ten minutes of refill, and at most one minute of it at the start.
    #expect(sums[0] <= input * 11 && sums[1] <= output * 11)
  }
}
