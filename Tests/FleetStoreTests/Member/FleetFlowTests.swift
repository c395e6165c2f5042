import AdmissionControl
import AdmissionSimulation
import Testing

@testable import FleetStore

/// Members with a ticket for each tier of their limiter's queue.
struct FleetFlowTests {
  private static let weights = [70.0, 25, 5]

  /// The first sync, answered.
  private func joined(_ change: (inout FleetMemberConfiguration) -> Void = { _ in }) -> Bench {
    Bench.joined {
      $0.tierWeights = Self.weights
      change(&$0)
    }
  }

  /// A member whose first and last tier stand in the store's queue.
  /// - Parameter wait: when they are to ask again, in ms.
  private func twoTiers(wait: Int64) -> Bench {
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(wait: wait)
    }
    return bench
  }

  private func request(_ tokens: Int64, tier: Int) -> UncoveredRequest {
    UncoveredRequest(reserved: Amounts(tokens: tokens), predicted: Amounts(tokens: tokens / 2), tier: tier)
  }

  @Test func aTierHasATicketByItsWeight() {
    var bench = joined { $0.weight = 300 }
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2), request(4_000, tier: 0)]
    var syncs: [String: SyncRequest] = [:]
    for _ in 0..<2 {
      guard let sync = bench.sync() else { break }
      syncs[sync.member] = sync
      bench.answer(wait: 1_000)
    }
    #expect(syncs.keys.sorted() == ["a/0", "a/2"])
    #expect(syncs["a/0"]?.weight == 840 && syncs["a/2"]?.weight == 60)
    #expect(syncs["a/0"]?.horizon == 500 && syncs["a/2"]?.horizon == 150)
    #expect(syncs["a/0"]?.bundles.map { $0[0].reserved } == [1_000, 4_000])
    #expect(syncs["a/2"]?.bundles.map { $0[0].reserved } == [2_000])
    // The store keeps a share for one of them.
    #expect(syncs.values.count { $0.share > 0 } <= 1)
    // Both wait until the store wants to be asked.
    #expect(bench.sync() == nil)
  }

  /// A new urgent request doesn't wait until the batch work may ask again.
  @Test func anUrgentRequestAsksAtOnce() {
    var bench = joined()
    bench.limiter.requests = [request(2_000, tier: 2)]
    #expect(bench.sync()?.member == "a/2")
    bench.answer(wait: 9_000)
    bench.limiter.requests.insert(request(1_000, tier: 0), at: 0)
    #expect(bench.sync()?.member == "a/0")
  }

  @Test func oneTierIsOneMemberInTheStore() {
    var bench = joined()
    var names: Set<String> = []
    for _ in 0..<20 {
      bench.limiter.wait(4_000, tier: 1)
      if let sync = bench.nextSync(within: 2 * second) { names.insert(sync.member) }
      bench.answer(delays: [0])
      _ = bench.next()
      bench.now += second
    }
    #expect(names == ["a/1"] && bench.member.flows.count { $0.hasJoined } == 1)
  }

  /// The first sync comes before anybody knows in which tier requests will be.
  @Test func theFirstSyncLeavesNoRecord() {
    var bench = Bench { $0.tierWeights = Self.weights }
    #expect(bench.sync()?.isLeaving == true)
    bench.answer()
    #expect(bench.member.hasHadAnswer && !bench.member.hasJoined && bench.nextSync(within: 100 * second) == nil)
    bench.member.stop()
    #expect(bench.next() == .giveBack && bench.next() == .end)
  }

  /// Whichever flow tells it, all flows together owe what the process owes.
  @Test func theSumsOfAllFlowsAreExact() {
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    var told: [String: Int64] = [:]
    for _ in 0..<2 {
      guard let sync = bench.sync() else { break }
      bench.answer(delays: [0])
      told[sync.member] = sync.meters[0].owed.reserved + sync.bundles[0][0].reserved
      bench.limiter.requests.removeAll { $0.tier == (sync.member == "a/0" ? 0 : 2) }
      bench.limiter.owe(told.values.reduce(0, +))
      _ = bench.next()
    }
    #expect(told == ["a/0": 1_000, "a/2": 2_000])
    // The requests end, and cost less.
    bench.limiter.owe(700)
    guard let last = bench.nextSync(within: 5 * second) else {
      Issue.record("Nothing was told.")
      return
    }
    told[last.member] = last.meters[0].owed.reserved
    #expect(told.values.reduce(0, +) == 700)
    bench.answer()
    #expect(!bench.member.isChanged)
  }

  @Test func anIdleTierLeavesAndTheOthersStay() {
    var bench = twoTiers(wait: 9_000)
    // The urgent one is gone, and the batch work goes on.
    bench.limiter.requests = [request(2_000, tier: 2)]
    let from = bench.now
    var left: SyncRequest?
    while left == nil, bench.now < from + 100 * second {
      guard let sync = bench.nextSync(within: 10 * second) else { continue }
      if sync.isLeaving { left = sync }
      bench.answer(wait: 9_000)
    }
    #expect(left?.member == "a/0" && bench.now >= from + 59 * second && bench.now <= from + 65 * second)
    #expect(left?.bundles == [] && bench.member.hasJoined)
  }

  @Test func allLeaveAndTheLastSettles() {
    var bench = twoTiers(wait: 9_000)
    bench.limiter.requests = []
    bench.limiter.owe(-300)
    bench.member.stop()
    #expect(bench.next() == .giveBack)
    let first = bench.sync()
    bench.answer()
    let last = bench.sync()
    bench.answer()
    #expect(first?.isLeaving == true && last?.isLeaving == true && first?.member != last?.member)
    #expect(first?.meters[0].owed.reserved == 0 && last?.meters[0].owed.reserved == -300)
    #expect(bench.next() == .end)
  }

  /// If an answer is lost, the store may have booked it or not. So the same flow says it again, and no other does meanwhile.
  @Test func whatIsInDoubtIsToldByOneFlowAlone() {
    var bench = twoTiers(wait: 100)
    bench.limiter.owe(-500)
    let lost = bench.nextSync(within: second)
    #expect(lost?.meters[0].owed.reserved == -500)
    bench.fail()
    var again: [SyncRequest] = []
    for _ in 0..<2 {
      if let sync = bench.nextSync(within: 2 * second) { again.append(sync) }
      bench.answer(wait: 9_000)
    }
    for sync in again { #expect(sync.meters[0].owed.reserved == (sync.member == lost?.member ? -500 : 0)) }
    #expect(Set(again.map(\.member)).count == 2)
  }

  @Test func anUnknownFlowTellsNothingNew() {
    var bench = twoTiers(wait: 100)
    bench.limiter.owe(-500)
    // The store loses everything, and one of them finds out.
    let first = bench.nextSync(within: second)
    bench.answer(wait: 9_000) { $0.epoch = 8 }
    bench.limiter.owe(-900)
    let other = bench.nextSync(within: 10 * second)
    #expect(first?.meters[0].owed.reserved == -500 && other?.member != first?.member)
    #expect(other?.meters[0].owed.reserved == 0)
  }

  @Test func strictKeepsTheFlowThatHasTheShare() {
    var bench = joined { $0.isStrict = true }
    bench.limiter.requests = [request(1_000, tier: 0)]
    #expect(bench.sync()?.member == "a/0")
    bench.answer(delays: [0], wait: -1)
    _ = bench.next()
    bench.limiter.requests = [request(2_000, tier: 2)]
    var (beats, shares) = (0, 0)
    let from = bench.now
    while bench.now < from + 90 * second {
      guard let sync = bench.nextSync(within: 10 * second) else { continue }
      if sync.member == "a/0" { beats += 1 } else if sync.share > 0 { shares += 1 }
      #expect(!sync.isLeaving)
      bench.answer(wait: 3_000)
    }
    #expect(beats >= 16 && shares == 0)
  }

  /// In an outage the store may hear of a strict process without being heard. Then it must hear of the flow whose share it keeps.
  @Test func strictSpeaksByTheFlowThatHasTheShare() {
    var bench = joined { $0.isStrict = true }
    bench.limiter.requests = [request(1_000, tier: 2)]
    #expect(bench.sync()?.member == "a/2")
    bench.answer(wait: 9_000)
    bench.limiter.requests.insert(request(1_000, tier: 0), at: 0)
    #expect(bench.sync()?.member == "a/0")
    bench.fail()
    for _ in 0..<5 {
      let sync = bench.nextSync(within: 2 * second)
      #expect(sync?.member == "a/2" && sync.map { $0.share > 0 } == true)
      bench.fail()
    }
    // What it may use next was told beforehand.
    #expect(bench.member.exchange == nil && bench.member.announced > 0)
  }

  @Test func aStatusShowsProcesses() {
    #expect(FleetFlow.process(of: "9f86/2") == "9f86" && FleetFlow.process(of: "9f86") == "9f86")
    #expect(FleetFlow.process(of: "a/b") == "a/b" && FleetFlow.process(of: "a/") == "a/" && FleetFlow.process(of: "") == "")
    func member(_ name: String, _ weight: Int64, silence: Int64?, isWaiting: Bool) -> FleetStatus.Member {
      FleetStatus.Member(
        name: name, weight: weight, sequence: 1, owed: [FleetAmount(reserved: 5, predicted: 3)], silence: silence,
        isWaiting: isWaiting, fallback: 2, share: 100)
    }
    let status = FleetStatus(
      epoch: 1, now: 1, version: 2, total: 0, windowSum: 0, meters: [],
      members: [
        member("a/0", 280, silence: 30_000, isWaiting: false), member("a/2", 20, silence: 10, isWaiting: true),
        member("b", 100, silence: nil, isWaiting: false),
      ])
    let processes = status.processes
    #expect(processes.map(\.name) == ["a", "b"] && processes.map(\.weight) == [300, 100])
    #expect(processes[0].isWaiting && processes[0].isPresent && !processes[1].isPresent)
    #expect(processes[0].owed == [FleetAmount(reserved: 10, predicted: 6)] && processes[0].fallback == 4)
  }

  /// A tier can't take back what another one has told of requests in flight.
  @Test func eachTierTakesBackItsOwnRequestsInFlight() {
    var bench = joined { $0.meters.append(FleetMemberConfiguration.Meter(.concurrency, limit: 40)) }
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(delays: [0])
      _ = bench.next()
    }
    bench.limiter.requests = []
    bench.limiter.owe(3_000)
    bench.limiter.owe(2, .concurrency)
    _ = bench.next()
    // Both end.
    bench.limiter.owe(0, .concurrency)
    var told: [String: [Int64]] = [:]
    while let sync = bench.nextSync(within: 3 * second), told.count < 10 {
      told[sync.member, default: []].append(sync.meters[1].owed.reserved)
      bench.answer()
      if !bench.member.isChanged { break }
    }
    #expect(told["a/0"]?.last == 0 && told["a/2"]?.last == 0 && !bench.member.isChanged)
    for sums in told.values { #expect(sums.allSatisfy { $0 >= 0 }) }
  }

  /// Whoever leaves takes no place with it, even if requests still run.
  @Test(arguments: [[], [70, 25, 5]] as [[Double]])
  func whoLeavesHoldsNoPlace(weights: [Double]) {
    var bench = joined {
      $0.meters.append(FleetMemberConfiguration.Meter(.concurrency, limit: 40))
      $0.tierWeights = weights
    }
    bench.limiter.requests = [request(1_000, tier: 0)]
    _ = bench.sync()
    bench.answer(delays: [0])
    _ = bench.next()
    bench.limiter.requests = []
    bench.limiter.inFlight = [(0, 1)]
    bench.limiter.owe(1, .concurrency)
    bench.member.stop()
    #expect(bench.next() == .giveBack)
    let last = bench.sync()
    #expect(last?.isLeaving == true && last?.meters[1].owed == .zero)
  }

  /// While nobody knows what a tier has told, the others can't give back what came back.
  @Test func aLostFirstAnswerIsMadeGoodAtOnce() {
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 2)]
    #expect(bench.sync()?.member == "a/2")
    bench.answer(wait: 9_000)
    bench.limiter.requests.insert(request(1_000, tier: 0), at: 0)
    #expect(bench.sync()?.member == "a/0")
    bench.fail()
    // It goes with the chunks of other tiers.
    bench.limiter.requests = [request(1_000, tier: 2)]
    let again = bench.nextSync(within: second)
    #expect(again?.member == "a/0" && again?.bundles.isEmpty == true)
    bench.answer()
    bench.limiter.owe(-400)
    let settling = bench.nextSync(within: 10 * second)
    #expect(settling?.member == "a/2" || settling?.member == "a/0")
    #expect(settling.map { $0.meters[0].owed.reserved < 0 } == true)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theStoreCountsRequestsInFlightWhateverItForgets(seed: UInt64) {
    var course = FlowCourse(seed: seed)
    course.forgets = true
    for _ in 0..<600 {
      course.step()
      #expect(course.countsPlaces)
    }
    course.rest()
    #expect(!course.member.isChanged && course.store.state?.meters[2].level == FlowCourse.places)
    #expect(course.losses > 3)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theBooksAgreeWithTheStoreAfterAnything(seed: UInt64) {
    var course = FlowCourse(seed: seed)
    for _ in 0..<600 { course.step() }
    course.rest()
    #expect(!course.member.isChanged && !course.member.hasJoined)
    // Nothing comes back to this meter, so its level tells all that was ever booked.
    #expect(course.store.state?.meters[1].level == FlowCourse.capacity - course.limiter.owed)
    // And no request is in flight.
    #expect(course.store.state?.meters[2].level == FlowCourse.places)
  }
}
