import Testing

@testable import FleetStore

/// What changes between two syncs: limits, clocks, and the item itself.
struct DynamoLedgerChangeTests {
  @Test func newLimitsKeepWhatWasTaken() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    bench.now += 86_400_000
    let half = FleetLimit(.minute, rate: 300_000, capacity: 285_000, burst: 5_000)
    _ = try bench.answer(.sample("a", 2).owing(103_000).with { $0.meters[0].owed.predicted = 3_000 })
    let newer = try bench.answer(.sample("b", 1, [half]).with { $0.version = 2 })
    #expect(newer.levels == [185_000] && newer.version == 2 && newer.limits.isEmpty)
    let older = try bench.answer(.sample("a", 3).owing(103_000).asking(1_000).with { $0.meters[0].owed.predicted = 3_000 })
    #expect(older.limits == [SyncReply.Limit(rate: 300_000, capacity: 285_000, burst: 5_000)] && older.delays.count == 1)
  }

  @Test func aThrottleLeavesNothing() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a"))
    let after = try bench.answer(
      .sample("a", 2).with {
        $0.version = 2
        $0.isThrottled = true
      })
    #expect(after.levels == [-10_000])
    #expect(try bench.answer(.sample("b").with { $0.version = 2 }.asking(1_000)).delays.isEmpty)
  }

  @Test func anItemThatIsMadeAnewIsNotFull() throws {
    var bench = LedgerBench()
    let first = try bench.answer(.sample("a").asking(300_000))
    _ = try bench.answer(.sample("b").asking(3_000))
    bench.item = nil
    bench.now += 1_000
    let after = try bench.answer(
      .sample("a", 2).owing(300_000).asking(3_000).with {
        $0.hintEpoch = first.epoch
        $0.meters[0].hintLevel = 270_000
      })
    #expect(after.epoch == bench.now)
    #expect(bench.levels[0] <= 270_000)
    // The lowest level that a member has seen counts.
    bench.now += 5_000
    let lower = try bench.answer(
      .sample("b", 2).owing(3_000).with {
        $0.hintEpoch = first.epoch
        $0.meters[0].hintLevel = -20_000
      })
    #expect(lower.levels == [-20_000])
  }

  @Test func theClockMayStepEitherWay() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    bench.now -= 3_600_000
    // What has come back since the item was made is less than nothing, and debt ends at −2 · capacity.
    let back = try bench.answer(.sample("c").asking(1_000))
    #expect(back.delays.isEmpty && back.levels[0] >= -1_140_000 && 1...10_000 ~= back.wait)
    bench.now += 7_200_000
    #expect(try bench.answer(.sample("a", 2).owing(3_000).asking(1_000)).delays.count == 1)
    // A member whose clock is right finds a debt that it puts right.
    bench.now -= 3_600_000
    #expect(try bench.answer(.sample("b").asking(1_000)).levels[0] >= -1_141_000)
  }

  @Test func placesAreCountedUpAndDown() throws {
    var bench = LedgerBench()
    let limits = [FleetLimit.tokens, .places]
    let first = try bench.answer(.sample("a", 1, limits).asking(100, 100, 100, 100, 100))
    #expect(first.delays.count == 4 && first.wait == 250 && first.levels[1] == 0)
    bench.now += 300
    var request = SyncRequest.sample("a", 2, limits).owing(400)
    request.meters[1].owed.reserved = 3
    #expect(try bench.answer(request).levels[1] == 1)
  }

  @Test func aDayComesBackInADay() throws {
    var bench = LedgerBench()
    let day = FleetLimit(.day, rate: 86_400_000, capacity: 1_000_000)
    let first = try bench.answer(.sample("a", 1, [.tokens, day]).asking(10_000, 10_000, 900_000))
    #expect(first.levels[1] == 990_000)
    bench.now += 5_000
    #expect(try bench.answer(.sample("b", 1, [.tokens, day])).levels[1] == 995_000)
  }

  @Test func strictFleetsAreRefused() throws {
    var bench = LedgerBench()
    let error = #expect(throws: FleetStoreError.self) { try bench.sync(.sample("a").with { $0.isStrict = true }) }
    #expect(error?.code == .configuration && error?.isLost == false && bench.writes == 0)
  }

  @Test func absurdNumbersCountAsTheEndsOfTheirRanges() throws {
    for value in [Int64.min, .max, -1] {
      var bench = LedgerBench()
      let limits = [
        FleetLimit(.minute, rate: value, capacity: value, burst: value), FleetLimit(.day, rate: value, capacity: value),
        FleetLimit(.concurrency, rate: value, capacity: value),
      ]
      for sequence: Int64 in 1...4 {
        let request = SyncRequest.sample("a", sequence, limits).owing(value).asking(value, 1, value).with {
          $0.weight = value
          $0.horizon = value
          $0.version = value
          $0.fallback = value
          $0.share = value
          $0.hintEpoch = value
        }
        bench.now += 20_000
        let answer = try bench.answer(request)
        #expect(answer.levels.allSatisfy { -1_000_000_000_000...100_000_000_000 ~= $0 } && -1...10_000 ~= answer.wait)
      }
    }
  }
}
