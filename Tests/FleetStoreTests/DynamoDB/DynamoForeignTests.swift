import Testing

@testable import FleetStore

/// Items that somebody else has changed, and crowds that leave.
struct DynamoForeignTests {
  /// A trap would end every member of the fleet, as often as it starts.
  @Test(arguments: [Int128(Int64.max), Int128.max / 2, -1, 1_000_000])
  func absurdCountsAreNoTrap(count: Int128) throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    let span = DynamoCensus.span(at: bench.now)
    for (sequence, name) in ["w\(span)", "a\(span)", "n", "c"].enumerated() {
      bench.item?[name] = .number(count)
      bench.now += 20_000
      _ = try? bench.answer(.sample("a", Int64(sequence) + 2).owing(100).asking(FleetBounds.unitsMax, 3_000))
    }
  }

  @Test func oldCountsAreRemovedBitByBit() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    for span in 0..<500 { bench.item?["w\(span)"] = .number(1) }
    bench.now += 20_000
    _ = try bench.answer(.sample("a", 2).owing(0).asking(3_000))
    let left = try #require(bench.item).keys.count { $0.hasPrefix("w") }
    #expect(450...485 ~= left)
  }

  @Test func aMemberThatWaitsAloneForgetsTheCrowd() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    let span = DynamoCensus.span(at: bench.now)
    bench.item?["w\(span)"] = .number(20)
    bench.now += 20_000
    // A request of thirty seconds of the quota, after which a member skips many turns of twenty.
    _ = try bench.answer(.sample("a", 2).owing(3_000).asking(300_000, 3_000))
    bench.now += 70_000
    let alone = try bench.answer(.sample("a", 3).owing(303_000).asking(3_000))
    #expect(alone.delays.count == 1)
  }

  @Test func otherMetersThanBeforeAreRefused() throws {
    var bench = LedgerBench()
    _ = try bench.answer(.sample("a").asking(3_000))
    var other = LedgerBench()
    other.now = bench.now
    _ = try other.answer(.sample("b", 1, [.tokens, .places]).asking(100))
    bench.item = other.item
    bench.now += 20_000
    let error = #expect(throws: FleetStoreError.self) { try bench.sync(.sample("a", 2).owing(3_000).asking(3_000)) }
    #expect(error?.code == .meters)
  }
}
