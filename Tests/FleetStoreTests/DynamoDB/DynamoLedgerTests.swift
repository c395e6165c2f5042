import Testing

@testable import FleetStore

/// What members write and are answered, in virtual time.
struct DynamoLedgerTests {
  private func owed(_ units: Int64) -> SyncRequest { .sample("a", 2).owing(units) }

  @Test func aScopeIsMadeOnceAndThenShared() throws {
    var bench = LedgerBench()
    let first = try bench.answer(.sample("a").asking(1_000))
    #expect(first.delays == [100] && first.wait == -1 && first.levels == [569_000] && first.total == 100_000)
    #expect(first.epoch == bench.now && first.members == 1 && first.waiting == 0)
    let second = try bench.answer(.sample("b").asking(1_000))
    #expect(second.delays == [200] && second.epoch == first.epoch && second.members == 2)
    #expect(bench.writes == 2)
  }

  @Test func aBookingStartsAfterThoseBeforeIt() throws {
    var bench = LedgerBench()
    let first = try bench.answer(.sample("a").asking(1_000, 2_000, 10_000, 5_000))
    // 300 ms are what a member takes that waits alone; the bundle that exceeds them is the last one.
    #expect(first.delays == [100, 300] && first.total == 300_000)
    // It comes back 250 ms before the end of what it has.
    #expect(first.wait == 50 && first.waiting == 1)
  }

  @Test func whoComesEarlyIsAnsweredWithoutTheTable() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000, 3_000))
    let writes = bench.writes
    bench.now += 20
    let early = try bench.answer(.sample("a", 2).owing(3_000).asking(3_000))
    #expect(early.delays.isEmpty && early.wait == 30 && bench.writes == writes)
    bench.now += 30
    #expect(try bench.answer(.sample("a", 3).owing(3_000).asking(3_000)).delays == [550] && bench.writes == writes + 1)
  }

  @Test func nobodyBooksBeyondTheHorizon() throws {
    var bench = LedgerBench()
    var granted: Int64 = 0
    for member in 0..<100 { granted += Int64(try bench.answer(.sample("\(member)").asking(4_000)).delays.count) * 4_000 }
    // 10 units come back in a millisecond, and the last bundle may end later.
    #expect(100_000...104_000 ~= granted)
  }

  @Test func aSmallerSumComesBackAndALargerOneIsTaken() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(100_000))
    #expect(bench.levels == [470_000])
    #expect(try bench.answer(owed(40_000)).levels == [530_000])
    #expect(try bench.answer(.sample("a", 3).owing(200_000)).levels == [370_000])
  }

  @Test func aLittleThatComesBackWaitsForTheNextWrite() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(1_000))
    let writes = bench.writes
    #expect(try bench.answer(owed(900)).levels == [569_000] && bench.writes == writes)
    bench.now += 10_000
    #expect(try bench.answer(.sample("a", 3).owing(900)).levels == [570_000] && bench.writes == writes + 1)
  }

  @Test func afterAPauseTheLevelIsFullAndNotMore() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(1_000))
    bench.now += 3_600_000
    let late = try bench.answer(.sample("a", 2).owing(1_000).asking(1_000, 1_000))
    // What was saved up is a burst of a second.
    #expect(late.levels == [568_000] && late.delays == [0, 0])
  }

  @Test(arguments: [(LedgerBench.Fate.lost, Int64(0)), (.doneWithoutReply, 20_000)])
  func whatMayHaveBeenTakenIsForfeited(fate: LedgerBench.Fate, forfeit: Int64) throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(1_000))
    #expect(try bench.sync(.sample("a", 2).owing(1_000).asking(20_000), fate) == nil)
    // The member knows of no grant, and later sums count from what it knew.
    #expect(try bench.answer(.sample("a", 3).owing(301_000)).levels == [269_000 - forfeit])
    #expect(try bench.answer(.sample("a", 4).owing(1_000)).levels == [569_000 - forfeit])
  }

  @Test(arguments: [(LedgerBench.Fate.lost, Int64(60_000)), (.doneWithoutReply, 0)])
  func whatMayHaveBeenGivenBackIsForfeited(fate: LedgerBench.Fate, forfeit: Int64) throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(100_000))
    #expect(try bench.sync(owed(40_000), fate) == nil)
    #expect(try bench.answer(.sample("a", 3).owing(0)).levels == [570_000 - forfeit])
  }

  @Test func whatWasGivenBackInVainIsNeverGivenTwice() throws {
    for first in [LedgerBench.Fate.lost, .doneWithoutReply] {
      for second in [LedgerBench.Fate.lost, .doneWithoutReply] {
        var bench = LedgerBench()
        _ = try bench.answer(.sample("a").asking(200_000))
        _ = try bench.sync(owed(100_000), first)
        _ = try bench.sync(.sample("a", 3).owing(50_000), second)
        let end = try bench.answer(.sample("a", 4).owing(0))
        #expect(end.levels[0] <= 570_000 && bench.levels[0] <= 570_000)
      }
    }
  }
}
