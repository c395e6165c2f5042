import AdmissionControl
import Testing

@testable import FleetStore

/// When a member asks the store, what it says, and what it makes of the answers.
struct FleetMemberTests {
  @Test func joinsBeforeAnythingWaits() {
    var bench = Bench()
    let request = bench.sync()
    #expect(request?.sequence == 1 && request?.bundles == [] && request?.version == 2_000)
    // One sync at a time.
    #expect(bench.next() == .wait(until: nil))
    bench.answer()
    #expect(bench.member.epoch == 7 && bench.member.hasHadAnswer)
  }

  @Test func grantsBecomeChunksWithAStartAndAnEnd() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    #expect(bench.sync()?.bundles == [[FleetAmount(reserved: 4_000, predicted: 2_000)]])
    bench.answer(delays: [30])
    let startsAt = bench.now + 30 * millisecond
    let chunk = PrepaidChunk(reserved: 4_000, predicted: 2_000, startsAt: startsAt, expiresAt: startsAt + second)
    #expect(bench.next() == .grant([FleetGrant(measure: .tokensPerMinute, chunk: chunk)]))
  }

  @Test func whoIsRefusedComesBackWhenTold() {
    var bench = Bench.joined()
    bench.dice.side = 0.999
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.answer(wait: 1_000)
    let told = bench.now
    #expect(bench.nextSync(within: 5 * second)?.bundles.count == 1)
    #expect(bench.now >= told + second && bench.now <= told + 1_030 * millisecond)
  }

  @Test func aLostGrantIsNotOwed() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    let lost = bench.sync()
    bench.fail()
    // The answer comes after all, but the store is told otherwise.
    bench.answer(lost?.sequence, delays: [0])
    let again = bench.nextSync(within: second)
    #expect(again?.sequence == 3 && again?.meters[0].owed == .zero && again?.bundles.count == 1)
    bench.answer(lost?.sequence, delays: [0])
    #expect(bench.member.grants.isEmpty && bench.sync() == nil)
  }

  @Test func aDuplicateIsNoAnswer() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.member.answered(.duplicate(epoch: 7, now: 0), to: 2, at: bench.now, using: &bench.dice)
    #expect(bench.nextSync(within: second)?.sequence == 3)
  }

  /// A process that was stopped reads an answer a minute late. Its grants began a minute ago.
  @Test func anAnswerThatWaitedIsNone() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.answer(delays: [0], after: 60 * second)
    #expect(bench.nextSync(within: 2 * second)?.sequence == 3)
  }

  @Test(arguments: [(570_000, 1_000, false), (100_000, 250, true)] as [(Int64, Int64, Bool)])
  func whatComesBackWaitsForASync(level: Int64, milliseconds: Int64, evenWhileWaiting: Bool) {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.answer(wait: 3_000) { $0.levels = [level] }
    let asked = bench.now
    bench.limiter.inFlight = [(0, 1)]
    bench.limiter.owe(-500)
    let sync = bench.nextSync(within: 2 * second)
    #expect((sync != nil) == evenWhileWaiting)
    guard let sync else { return }
    #expect(bench.now - asked <= milliseconds * millisecond)
    // Without its wants, the member would lose its place.
    #expect(sync.bundles.count == 1 && sync.meters[0].owed.reserved == -500)
  }

  @Test func saysThatItIsThereAndLeavesWhenIdle() {
    var bench = Bench.joined()
    bench.limiter.inFlight = [(0, 1)]
    let joined = bench.now
    #expect(bench.nextSync(within: 6 * second)?.isLeaving == false)
    #expect(bench.now <= joined + 5 * second)
    bench.answer()
    bench.limiter.inFlight = []
    let idle = bench.now
    #expect(bench.nextSync(within: 100 * second)?.isLeaving == true)
    #expect(bench.now >= idle + 59 * second && bench.now <= idle + 61 * second)
    bench.answer()
    #expect(bench.nextSync(within: 100 * second) == nil)
    bench.limiter.wait(4_000)
    #expect(bench.sync()?.bundles.count == 1)
  }

  @Test func stopsWithAWord() {
    var bench = Bench.joined()
    bench.member.stop()
    #expect(bench.next() == .giveBack)
    #expect(bench.sync()?.isLeaving == true)
    bench.answer()
    #expect(bench.next() == .end)
  }

  @Test func stopsEvenIfNobodyListens() {
    var bench = Bench.joined()
    bench.member.stop()
    _ = bench.next()
    _ = bench.sync()
    bench.fail()
    #expect(bench.next() == .end)
  }

  @Test func retriesSlowerAndSlower() {
    var bench = Bench.joined { $0.fallback = .closed }
    bench.dice.side = 0.5
    bench.limiter.wait(4_000)
    var pauses: [Int64] = []
    _ = bench.sync()
    for _ in 0..<7 {
      bench.fail()
      let before = bench.now
      #expect(bench.nextSync(within: 2 * second) != nil)
      pauses.append((bench.now - before) / millisecond)
    }
    #expect(pauses == [50, 100, 200, 400, 800, 1_000, 1_000])
  }

  @Test func newerLimitsHold() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.answer {
      $0.version = 3_000
      $0.limits = [SyncReply.Limit(rate: 300_000, capacity: 285_000, burst: 5_000)]
    }
    #expect(bench.member.limits[0].rate == 300_000)
    bench.member.discovered([FleetMemberConfiguration.Meter(.tokensPerMinute, limit: 900_000)], at: 1_400)
    #expect(bench.member.limits[0].rate == 300_000)
    bench.member.discovered([FleetMemberConfiguration.Meter(.tokensPerMinute, limit: 900_000)], at: 1_600)
    #expect(bench.member.limits[0].rate == 900_000 && bench.sync()?.version == 3_200)
  }

  @Test func aThrottledRequestLowersTheLimitsOfAll() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    bench.member.throttled(sentAt: bench.now, at: bench.now, using: &bench.dice)
    let sync = bench.sync()
    #expect(sync?.isThrottled == true && sync.map { FleetLearner.isLearnt($0.version) && $0.version > 2_000 } == true)
    #expect(sync.map { $0.meters[0].limit.rate < 600_000 } == true)
    let version = sync?.version ?? 0
    bench.answer { $0.version = version }
    // Then the proposer raises them again.
    var last = sync
    for _ in 0..<200 where bench.member.limits[0].rate < 600_000 {
      last = bench.nextSync(within: 2 * second)
      #expect(last?.isThrottled == false)
      bench.answer(wait: 900) { $0.version = last?.version ?? 0 }
    }
    #expect(last?.meters[0].limit.rate == 600_000)
    // They are those of the account again.
    #expect(!FleetLearner.isLearnt(bench.member.version))
  }

  @Test func leavesEvenIfTheSyncBeforeIsLost() {
    var bench = Bench.joined()
    bench.limiter.wait(4_000)
    _ = bench.sync()
    bench.member.stop()
    _ = bench.next()
    bench.fail()
    #expect(bench.nextSync(within: 2 * second)?.isLeaving == true)
  }
}
