import AdmissionControl
import Testing

@testable import FleetStore

/// What a member does while the store doesn't answer.
struct FleetFallbackTests {
  /// Lets the store be silent for a time.
  /// - Returns: the units that were used.
  private func silence(_ bench: inout Bench, _ nanoseconds: Int64) -> Int64 {
    let end = bench.now + nanoseconds
    var granted: Int64 = 0
    while bench.now < end {
      switch bench.next() {
      case .sync: bench.fail()
      case .grant(let grants):
        // The request ends at once, and costs what was predicted.
        granted += grants[0].chunk.predicted
        let owed = (bench.limiter.debt(.tokensPerMinute)?.reserved ?? 0) / Meter.micro
        bench.limiter.owe(owed + grants[0].chunk.predicted)
      case .giveBack: continue
      case .end: return granted
      case .wait(let until): bench.now = max(bench.now + 1, min(until ?? end, end))
      }
    }
    return granted
  }

  /// A member that had a quarter of what the store granted in a minute.
  private func quarter(_ change: (inout FleetMemberConfiguration) -> Void = { _ in }) -> Bench {
    var bench = Bench.joined(change)
    bench.limiter.wait(1_000)
    var total: Int64 = 0
    for _ in 0..<40 {
      guard bench.nextSync(within: 3 * second) != nil else { break }
      // 500 tokens are 50 ms of the quota.
      total += 200_000
      bench.answer(delays: [0]) { $0.total = total }
      _ = bench.next()
      bench.now += 2 * second
    }
    return bench
  }

  @Test func takesItsShareAfterTwoSeconds() {
    var bench = quarter()
    let fraction = bench.member.fraction
    #expect(abs(fraction - 0.92 * (0.9 * 0.25 + 0.1 / 4)) < 0.01)
    #expect(silence(&bench, 1_900 * millisecond) == 0)
    let units = silence(&bench, 60 * second)
    #expect(abs(Double(units) - fraction * 600_000) < 0.1 * 600_000 * fraction)
    #expect(bench.member.isInFallback)
  }

  @Test func tellsTheStoreWhatItUsed() {
    var bench = quarter()
    let before = bench.member.books.owed[0].reserved
    let units = silence(&bench, 20 * second)
    while bench.member.exchange == nil { _ = bench.nextSync(within: 2 * second) }
    bench.answer()
    #expect(units > 0 && !bench.member.isInFallback)
    let sync = bench.nextSync(within: 2 * second)
    #expect(sync?.fallback == units && sync?.meters[0].owed.reserved == before)
  }

  /// A store that lost everything meanwhile takes the first sum for entered already.
  @Test func tellsANewStoreOnceMore() {
    var bench = quarter()
    let units = silence(&bench, 20 * second)
    while bench.member.exchange == nil { _ = bench.nextSync(within: 2 * second) }
    let told = bench.member.exchange?.fallback ?? 0
    bench.answer { $0.epoch = 8 }
    let sync = bench.nextSync(within: 2 * second)
    #expect(told > 0 && sync?.fallback == units + told)
    bench.answer { $0.epoch = 8 }
    #expect(!bench.member.isChanged)
  }

  @Test func closedSendsNothing() {
    var bench = quarter { $0.fallback = .closed }
    #expect(silence(&bench, 60 * second) == 0 && bench.member.isWithoutStore(at: bench.now))
  }

  @Test func withoutAnAnswerThereIsNoShare() {
    var bench = Bench()
    bench.limiter.wait(1_000)
    #expect(silence(&bench, 60 * second) == 0 && bench.member.hasNoShare)
  }

  @Test func aFixedShareNeedsNoAnswer() {
    var bench = Bench { $0.fallback = .fixed(members: 10) }
    bench.limiter.wait(1_000)
    let units = silence(&bench, 62 * second)
    #expect(abs(units - 60_000) < 6_000)
  }

  /// The store keeps the share of a strict member from 10 s after its last sync to 60 s after it.
  @Test func strictUsesItsShareOnlyWhileTheStoreKeepsIt() {
    var bench = quarter { $0.isStrict = true }
    let last = bench.member.answered
    #expect(silence(&bench, 10 * second + second / 2 - (bench.now - (last?.at ?? 0))) == 0)
    #expect(silence(&bench, 10 * second) > 0)
    let end = (last?.sentAt ?? 0) + 59 * second
    _ = silence(&bench, end - bench.now)
    #expect(silence(&bench, 60 * second) == 0)
  }

  /// Its syncs may arrive without an answer, so it says beforehand what it may use.
  @Test func strictTellsBeforehand() {
    var bench = quarter { $0.isStrict = true }
    while bench.member.exchange == nil { _ = bench.nextSync(within: 2 * second) }
    bench.fail()
    let told = bench.nextSync(within: 2 * second)?.fallback ?? 0
    #expect(Double(told) >= 20_000 * bench.member.fraction)
    #expect(bench.member.books.owed[0] + bench.member.books.apart[0] == bench.member.books.limiter[0])
  }
}
