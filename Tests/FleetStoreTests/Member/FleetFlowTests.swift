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
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(wait: 9_000)
    }
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
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(wait: 9_000)
    }
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
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(wait: 100)
    }
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
    var bench = joined()
    bench.limiter.requests = [request(1_000, tier: 0), request(2_000, tier: 2)]
    for _ in 0..<2 {
      _ = bench.sync()
      bench.answer(wait: 100)
    }
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

/// A member with three tiers and its store, between which anything may be lost.
private struct FlowCourse {
  static let capacity: Int64 = 10_000_000_000
  static let places: Int64 = 100

  var member: FleetMember
  var limiter = EagerLimiter()
  var store = FleetTwin()
  var random: Random
  var now: Int64 = 0
  /// The share of syncs whose request or whose answer is lost.
  var loss = 0.2
  /// Whether the store loses everything now and then, or the process sleeps until the store has forgotten it.
  var forgets = false
  private(set) var losses = 0

  init(seed: UInt64) {
    random = Random(seed: seed)
    var day = FleetMemberConfiguration.Meter(.tokensPerDay, limit: 1)
    day.limit = FleetLimit(.day, rate: 0, capacity: Self.capacity)
    var configuration = FleetMemberConfiguration(
      name: "a", meters: [.init(.tokensPerMinute, limit: 600_000), day, .init(.concurrency, limit: Self.places)],
      discoveredAt: 1_000)
    configuration.tierWeights = [70, 25, 5]
    // What is used without the store would not be booked request by request.
    configuration.fallback = .closed
    member = FleetMember(configuration)
  }

  /// Whether all requests in flight are counted, and no others, as far as the member has told everything.
  var countsPlaces: Bool {
    guard let state = store.state, state.epoch == member.epoch, !member.isChanged, member.exchange == nil else { return true }
    return state.meters[2].level == Self.places - Int64(limiter.inFlight.count)
  }

  private mutating func forget() {
    losses += 1
    now += 10 * millisecond
    guard random.chance(0.3) else { return store = FleetTwin() }
    now += 700_000 * millisecond
    // Whoever comes first finds those who are gone.
    let meters = member.limits.map { SyncRequest.Meter($0) }
    _ = try? store.sync(SyncRequest(member: "b", sequence: Int64(losses), meters: meters), at: 1_000_000 + now / millisecond)
  }

  mutating func step() {
    if forgets, random.chance(0.02) { forget() }
    switch random.below(8) {
    case 0, 1, 2:
      let tokens = Int64(1 + random.below(20_000))
      limiter.requests.append(
        UncoveredRequest(reserved: Amounts(tokens: tokens), predicted: Amounts(tokens: tokens / 2), tier: random.below(3)))
    case 3, 4: limiter.end(&random)
    case 5: if !limiter.requests.isEmpty { limiter.requests.remove(at: random.below(limiter.requests.count)) }
    case 6: if random.chance(0.05) { pass(70_000) }
    default: pass(Int64(1 + random.below(2_000)))
    }
    drive()
  }

  /// Everything ends, nothing is lost, and the member has time to tell.
  mutating func rest() {
    loss = 0
    limiter.requests = []
    while !limiter.inFlight.isEmpty { limiter.end(&random) }
    for _ in 0..<400 { pass(500) }
  }

  private mutating func pass(_ milliseconds: Int64) {
    now += milliseconds * millisecond
    drive()
  }

  private mutating func drive() {
    while true {
      switch member.next(limiter, at: now, using: &random) {
      case .sync(let request, let timeout): exchange(request, timeout)
      case .grant(let grants):
        for grant in grants where grant.measure == .tokensPerDay { limiter.take(grant.chunk.reserved) }
      case .giveBack: continue
      case .wait, .end: return
      }
    }
  }

  private mutating func exchange(_ request: SyncRequest, _ timeout: Int64) {
    let isLost = random.chance(loss)
    var reply: SyncReply?
    if !isLost || random.chance(0.5) { reply = try? store.sync(request, at: 1_000_000 + now / millisecond) }
    if let reply, !isLost {
      now += millisecond
      member.answered(reply, to: request.sequence, at: now, using: &random)
    } else {
      now += timeout
      member.failed(request.sequence, at: now, using: &random)
    }
  }
}

/// A limiter whose requests go as soon as a chunk comes, the most urgent first. What is left of the chunk goes back.
private struct EagerLimiter: FleetLimiter {
  var requests: [UncoveredRequest] = []
  /// What each holds.
  var inFlight: [Int64] = []
  var owed: Int64 = 0

  var demand: (waiting: Int, inFlight: Int) { (requests.count, inFlight.count) }
  var waitingTiers: TierSet { requests.reduce(into: TierSet()) { $0.insert($1.tier) } }
  func debt(_ measure: Measure) -> PrepaidDebt? {
    let units = measure == .concurrency ? Int64(inFlight.count) : owed
    return PrepaidDebt(reserved: units * Meter.micro, predicted: units * Meter.micro)
  }
  func uncovered(_ count: Int) -> [UncoveredRequest] { Array(requests.prefix(count)) }
  func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? { nil }

  mutating func take(_ units: Int64) {
    var left = units
    requests.sort { $0.tier < $1.tier }
    while let tokens = requests.first?.reserved.tokens, tokens <= left {
      left -= tokens
      owed += tokens
      inFlight.append(tokens)
      requests.removeFirst()
    }
  }

  /// One of them ends, and costs anything, now and then more than it reserved.
  mutating func end(_ random: inout Random) {
    guard !inFlight.isEmpty else { return }
    let held = inFlight.remove(at: random.below(inFlight.count))
    owed += Int64(random.below(Int(held) * 5 / 4 + 1)) - held
  }
}
