import AdmissionControl
import Testing

struct LimitChangeTests {
  private func state(_ limits: [Limit], _ profile: LimiterConfiguration.Profile = .bucket) -> AdmissionState {
    AdmissionState(.plain(limits, profile: profile), at: 0)
  }

  @Test func aHigherLimitLetsWaitersGo() {
    var state = state([Limit(.tokensPerMinute, 60_000)])
    _ = state.lease(.exactly(60_000), at: 0)
    let id = state.arrive(Request(cost: .exactly(30_000)), at: 0).waiter
    var said = Said()
    state.sayAll(at: 0, into: &said)
    #expect(state.wakeAt == 60 * second)
    state.setLimit(.tokensPerMinute, 6_000_000, at: 0)
    state.run(from: 0, to: second, into: &said)
    #expect(said.admitted.map(\.id) == [id])
  }

  @Test func aLowerLimitRefusesWhoNeedsMoreAndLetsOthersWait() {
    var state = state([Limit(.tokensPerMinute, 60_000)])
    _ = state.lease(.exactly(1_000), at: 0)
    let large = state.arrive(Request(cost: .exactly(20_000)), at: 0).waiter
    let small = state.arrive(Request(cost: .exactly(100)), at: 0).waiter
    state.setLimit(.tokensPerMinute, 6_000, at: 0)
    var said = Said()
    state.run(from: 0, to: 30 * second, into: &said)
    #expect(said.refused.map(\.id) == [large])
    #expect(said.refused.first?.refusal == .neverFits(.tokensPerMinute, needed: 20_000, limit: 6_000))
    #expect(said.admitted.map(\.id) == [small])
    #expect(said.admitted.first.map { $0.at > 0 } == true)
  }

  @Test func aLimitOfZeroClosesAndOpensAgain() {
    var state = state([Limit(.requestsPerMinute, 60)])
    _ = state.lease(.exactly(1), at: 0)
    _ = state.arrive(Request(cost: .exactly(1)), at: 0)
    state.setLimit(.requestsPerMinute, 0, at: 0)
    var said = Said()
    state.sayAll(at: 0, into: &said)
    #expect(said.refused.map(\.refusal) == [.neverFits(.requestsPerMinute, needed: 1, limit: 0)])
    #expect(state.arrive(Request(cost: .exactly(1)), at: minute).refusal == .neverFits(.requestsPerMinute, needed: 1, limit: 0))
    state.setLimit(.requestsPerMinute, 60, at: minute)
    #expect(state.arrive(Request(cost: .exactly(1)), at: minute + second).lease != nil)
  }

  /// What was used of the old limit counts against the new one.
  @Test(arguments: [[60_000, 30_000, 60_000], [60_000, 0, 60_000], [60_000, 600_000, 60_000]] as [[Int64]])
  func aLimitThatComesBackBringsNothingBack(values: [Int64]) {
    var state = state([Limit(.tokensPerMinute, 60_000)])
    _ = state.lease(.reserving(40_000), at: 0)
    for value in values { state.setLimit(.tokensPerMinute, value, at: 0) }
    #expect(state.available(.tokensPerMinute) == 17_000)
  }

  /// A request that began before a limit was added took nothing from it, and gives nothing back.
  @Test(arguments: [Measure.tokensPerMinute, .tokensPerDay, .inputTokensPerMinute])
  func aNewLimitIsNotPaidBackWhatItDidNotLend(measure: Measure) throws {
    var state = state([Limit(.requestsPerMinute, 60_000)], .strict)
    let before = try state.granted(.reserving(50_000), at: 0)
    state.setLimit(measure, 60_000, at: 0)
    let full = try #require(state.available(measure))
    // Not full, so that the refill shows.
    _ = state.lease(.reserving(1_000), at: 0)
    state.settle(before, .cancelled, at: 0)
    #expect(state.available(measure) == full - 1_000)
    if measure != .tokensPerDay {
      // The window too: no more than 60,000 in the first minute.
      var taken: Int64 = 1_000
      for step in 0..<60 {
        while state.lease(.reserving(500), at: Int64(step) * second) != nil { taken += 500 }
      }
      #expect(taken <= 60_000)
    }
  }

  @Test func aNewLimitOfConcurrencyCountsWhatIsUnderWay() {
    var state = state([Limit(.tokensPerMinute, 60_000_000)])
    var leases = (0..<5).compactMap { _ in state.lease(.exactly(1), at: 0) }
    state.setLimit(.concurrency, 3, at: 0)
    #expect(state.lease(.exactly(1), at: 0) == nil)
    for _ in 0..<2 { state.settle(leases.removeLast(), .cancelled, at: 0) }
    #expect(state.lease(.exactly(1), at: 0) == nil)
    for _ in 0..<3 { state.settle(leases.removeLast(), .cancelled, at: 0) }
    leases = (0..<10).compactMap { _ in state.lease(.exactly(1), at: 0) }
    #expect(leases.count == 3)
    #expect(state.snapshot().meters.allSatisfy { $0.inFlight == 3 })
  }

  @Test(
    arguments: [LimiterConfiguration.Profile.bucket, .strict, .auto], [0, 1, 2, 59, 1_000_000_000, Int64.max, -1, Int64.min])
  func anyValueIsSound(profile: LimiterConfiguration.Profile, value: Int64) {
    var state = AdmissionState(LimiterConfiguration(limits: [], profile: profile), at: 0)
    for (index, measure) in Measure.allCases.enumerated() { state.setLimit(measure, value, at: Int64(index)) }
    for (index, measure) in Measure.allCases.enumerated() { state.setLimit(measure, value, at: Int64(10 + index)) }
    let arrival = state.arrive(Request(cost: .exactly(1)), at: second)
    if value > 0 {
      #expect(arrival.lease != nil)
    } else {
      #expect(arrival.refusal == .neverFits(.requestsPerMinute, needed: 1, limit: 0))
    }
    if let lease = arrival.lease { state.settle(lease, .throttled(.unknown), at: 2 * second) }
    var said = Said()
    if state.arrive(Request(cost: .exactly(1)), at: 2 * second).waiter != nil {
      state.run(from: 2 * second, to: 2 * minute, into: &said)
    }
    #expect(state.snapshot().waiting == 0)
  }

  /// The server told by refusing that it has nothing left: by then it counted on the new limit, and waiting for what was used of the old one
  /// would be waiting twice.
  @Test func aLimitThatIsKnownLateIsNotPaidTwice() {
    var state = AdmissionState(LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)]), at: 0)
    let lease = state.lease(.exactly(900), at: 0)!
    state.settle(lease, .throttled(.tokens), at: second)
    state.setLimit(.tokensPerMinute, 30_000, at: second)
    let available = state.snapshot(at: second).meters[0].available
    #expect((-1_001...0).contains(available), "\(available)")
    // Long after, what was used counts again.
    _ = state.lease(.exactly(400), at: 100 * second)
    state.setLimit(.tokensPerMinute, 15_000, at: 100 * second)
    #expect(state.snapshot(at: 100 * second).meters[0].available <= 14_250 - 400 + 1)
  }
}
