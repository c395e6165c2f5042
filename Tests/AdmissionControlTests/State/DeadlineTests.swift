import AdmissionControl
import Testing

struct DeadlineTests {
  /// 1,000 tokens a second; the bucket holds 57,000.
  private func emptied(_ profile: LimiterConfiguration.Profile = .bucket) -> AdmissionState {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)], profile: profile)
    configuration.burst = .seconds(60)
    var state = AdmissionState(configuration, at: 0)
    _ = state.lease(.exactly(57_000), at: 0)
    return state
  }

  private func request(_ tokens: Int64, _ deadline: Int64?) -> Request { Request(cost: .exactly(tokens), deadline: deadline) }

  @Test func whoseTurnComesTooLateIsTurnedAwayAtOnce() {
    var state = emptied()
    #expect(state.arrive(request(5_000, 5 * second - 1), at: 0).refusal == .deadline(eta: 5 * second))
    #expect(state.arrive(request(5_000, 5 * second), at: 0).eta == 5 * second)
    #expect(state.arrive(request(1, 0), at: 0).refusal == .deadline(eta: 5_001_000_000))
    #expect(state.snapshot().counts.refused == 2)
  }

  /// The refill since the last event counts.
  @Test func theTimeThatHasPassedCounts() {
    var state = emptied()
    var said = Said()
    #expect(state.arrive(request(10_000, nil), at: 0).eta == 10 * second)
    state.sayAll(at: 0, into: &said)
    // A second before the first one's turn: one second for it, and one for the newcomer.
    #expect(state.arrive(request(1_000, 11 * second), at: 9 * second).eta == 2 * second)
  }

  @Test func expiresWhileItWaits() throws {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 0)
    var said = Said()
    var running = try state.granted(.exactly(1_000), at: 0)
    let first = try state.waiter(request(1_000, nil), at: 0)
    let late = try state.waiter(request(1_000, 2 * second), at: 0)
    // The request in flight uses more than it reserved.
    state.adjust(&running, used: Amounts(tokens: 4_000), at: 0)
    state.run(from: 0, to: 10 * second, into: &said)
    #expect(said.refused.map(\.id) == [late])
    #expect(said.refused.map(\.refusal) == [.expired])
    #expect(said.refused.map(\.at) == [2 * second])
    #expect(said.admitted.map(\.id) == [first])
    #expect(said.admitted.map(\.at) == [4 * second])
    #expect(state.wakeAt == nil)
  }

  @Test func whoseTurnComesAtItsDeadlineIsAdmitted() throws {
    var state = emptied()
    var said = Said()
    let exact = try state.waiter(request(5_000, 5 * second), at: 0)
    state.run(from: 0, to: 9 * second, into: &said)
    #expect(said.refused.isEmpty && said.admitted.map(\.id) == [exact] && said.admitted.map(\.at) == [5 * second])
  }

  @Test func whoHasNoRoomAtItsDeadlineExpiresThen() throws {
    var state = emptied()
    var said = Said()
    let first = try state.waiter(request(5_000, 5 * second), at: 0)
    let next = try state.waiter(request(1_000, nil), at: 0)
    state.debit(Amounts(tokens: 1), at: 0)
    state.run(from: 0, to: 9 * second, into: &said)
    #expect(said.refused.map(\.id) == [first] && said.refused.map(\.at) == [5 * second])
    #expect(said.admitted.map(\.id) == [next])
  }

  /// Tenants of equal weight take turns, so the second one's turn comes between those of the first.
  @Test func nobodyIsTurnedAwayForAFloodOfSomebodyElse() throws {
    var state = emptied()
    var said = Said()
    for _ in 0..<100 { _ = try state.waiter(Request(cost: .exactly(1_000), tenant: 1), at: 0) }
    func other(_ deadline: Int64) -> Request { Request(cost: .exactly(1_000), deadline: deadline, tenant: 2) }
    #expect(state.arrive(other(2 * second - 1), at: 0).refusal == .deadline(eta: 2 * second))
    let first = try state.waiter(other(3 * second), at: 0)
    #expect(state.arrive(other(4 * second), at: 0).eta == 4 * second)
    // The one that floods waits behind everybody.
    let own = Request(cost: .exactly(1_000), deadline: 99 * second, tenant: 1)
    #expect(state.arrive(own, at: 0).refusal == .deadline(eta: 103 * second))
    state.run(from: 0, to: 2 * second, into: &said)
    #expect(said.admitted.map(\.id).contains(first))
  }

  @Test func whoCanGoAtOnceNeedsNoDeadline() {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 0)
    #expect(state.arrive(request(100, 0), at: 0).lease != nil)
  }

  /// A request is admitted by the time that it was told, whoever arrives behind it.
  @Test(arguments: 1...5)
  func theAnnouncedTimeIsKeptInARow(seed: Int) {
    var random = Generator(seed: seed)
    var state = emptied()
    var due: [WaiterID: Int64] = [:]
    var said = Said()
    var now: Int64 = 0
    for _ in 0..<300 {
      let next = now + random.int(0...second)
      state.run(from: now, to: next, into: &said)
      now = next
      if case .waiting(let id, let eta) = state.arrive(request(random.int(1...2_000), nil), at: now) { due[id] = now + eta }
      state.sayAll(at: now, into: &said)
    }
    state.run(from: now, to: now + 1_000 * second, into: &said)
    #expect(due.count > 100)
    #expect(said.admitted.count == due.count)
    for (id, _, at) in said.admitted { #expect(at == due[id]) }
  }

  @Test func aQueueThatIsFullInRequestsOrSecondsTakesNoMore() {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)])
    configuration.waitersMax = 3
    configuration.queueWaitMax = .seconds(30)
    configuration.burst = .seconds(60)
    var state = AdmissionState(configuration, at: 0)
    _ = state.lease(.exactly(57_000), at: 0)
    #expect(state.arrive(request(31_000, nil), at: 0).refusal != nil)
    for _ in 0..<3 { #expect(state.arrive(request(1_000, nil), at: 0).waiter != nil) }
    #expect(state.arrive(request(1, nil), at: 0).refusal == .queueFull(waiters: 3))
    // That holds for retries too.
    #expect(state.arrive(Request(cost: .exactly(1), isRetry: true), at: 0).refusal == .queueFull(waiters: 3))
  }

  /// A wait that is too long has a code of its own: nobody else waits here.
  @Test func aWaitThatIsTooLongIsNotAFullQueue() {
    var state = AdmissionState(.plain([Limit(.tokensPerDay, 86_400)]), at: 0)
    _ = state.lease(.exactly(82_080), at: 0)
    #expect(state.arrive(request(7_200, nil), at: 0).refusal?.code == .waitTooLong)
  }
}
