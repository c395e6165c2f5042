import AdmissionControl
import Testing

/// A request that left the queue and comes back has its old place.
struct ReturnTests {
  private func busy() -> AdmissionState {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 0)
    _ = state.lease(.exactly(1_000), at: 0)
    return state
  }

  private func waits(_ request: Request, _ state: inout AdmissionState, at now: Int64 = 0) throws -> (
    id: WaiterID, place: QueuePlace
  ) {
    let arrival = state.arrive(request, at: now)
    let (id, eta) = (try #require(arrival.waiter, "\(arrival)"), try #require(arrival.eta))
    return (id, state.place(of: id, request, eta: eta))
  }

  private func request(_ tokens: Int64 = 1_000, tenant: UInt32 = 0, deadline: Int64? = nil, place: QueuePlace? = nil) -> Request {
    Request(cost: .exactly(tokens), deadline: deadline, tenant: tenant, place: place)
  }

  @Test func itGoesBeforeThoseThatCameLater() throws {
    for leaver in 0..<5 {
      var state = busy()
      var waiters: [(id: WaiterID, place: QueuePlace)] = []
      for _ in 0..<5 { try waiters.append(waits(request(), &state)) }
      #expect(state.cancel(waiters[leaver].id, at: 0) == true)
      waiters[leaver] = try waits(request(place: waiters[leaver].place), &state)
      // It leaves and comes back once more.
      #expect(state.cancel(waiters[leaver].id, at: 0) == true)
      waiters[leaver] = try waits(request(place: waiters[leaver].place), &state)
      var said = Said()
      state.run(from: 0, to: minute, into: &said)
      #expect(said.admitted.map(\.id) == waiters.map(\.id))
    }
  }

  @Test func severalComeBackInTheirOldOrder() throws {
    var random = Generator(seed: 3)
    var state = busy()
    var waiters: [(id: WaiterID, place: QueuePlace)] = []
    for _ in 0..<40 { try waiters.append(waits(request(100), &state)) }
    for index in Array(0..<40).shuffled(using: &random).prefix(25) {
      #expect(state.cancel(waiters[index].id, at: 0) == true)
      waiters[index] = try waits(request(100, place: waiters[index].place), &state)
    }
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.map(\.id) == waiters.map(\.id))
  }

  /// Its tenant had nobody else in the queue, and others were served meanwhile: it still goes next, and the tenant has no credit for a
  /// second one.
  @Test func theGapCostsNothingAndEarnsNothing() throws {
    var state = busy()
    var said = Said()
    let mine = try waits(request(tenant: 1), &state)
    for _ in 0..<60 { _ = try state.waiter(request(tenant: 2), at: 0) }
    #expect(state.cancel(mine.id, at: 0) == true)
    state.run(from: 0, to: 20 * second, into: &said)
    let back = try waits(request(tenant: 1, place: mine.place), &state, at: 20 * second)
    let others = try (0..<3).map { _ in try state.waiter(request(tenant: 1), at: 20 * second) }
    said = Said()
    state.run(from: 20 * second, to: 27 * second, into: &said)
    let order = said.admitted.map(\.id)
    #expect(order.first == back.id)
    // From then on the two take turns.
    #expect(order.count(where: others.contains) == 3)
    #expect(order.prefix(3).count(where: others.contains) <= 1, "it was served for the time in which it didn't wait")
  }

  /// Its wait is estimated from where it stands, not from the end of the queue.
  @Test func itsTurnIsEstimatedFromItsPlace() throws {
    var state = busy()
    let mine = try waits(request(deadline: 3 * second), &state)
    for _ in 0..<30 { _ = try state.waiter(request(), at: 0) }
    #expect(state.cancel(mine.id, at: 0) == true)
    #expect(state.arrive(request(deadline: 3 * second), at: 0).refusal?.code == .deadline)
    let back = try waits(request(deadline: 3 * second, place: mine.place), &state)
    var said = Said()
    state.run(from: 0, to: 2 * second, into: &said)
    #expect(said.admitted.first?.id == back.id)
  }

  /// What the queue keeps doesn't grow with those that come and go.
  @Test func comingAndGoingLeavesNothing() throws {
    func size(_ cycles: Int) throws -> Int {
      var state = busy()
      _ = try state.waiter(request(50_000, tenant: 9), at: 0)
      var mine = try waits(request(tenant: 1), &state)
      for _ in 0..<cycles {
        #expect(state.cancel(mine.id, at: 0) == true)
        mine = try waits(request(tenant: 1, place: mine.place), &state)
      }
      return footprint(state)
    }
    // Lists with lazy deletion may hold some stale entries; one entry a cycle would be thousands of values more.
    #expect(try size(2_000) <= size(300) + 1_000)
  }

  /// The limit that made it wait is known, in the queue and in a refusal.
  @Test func theLimitThatDecidesIsNamed() throws {
    var state = AdmissionState(.plain([Limit(.requestsPerMinute, 60), Limit(.tokensPerMinute, 6_000_000)]), at: 0)
    while state.lease(.exactly(1), at: 0) != nil {}
    #expect(try waits(request(1), &state).place.measure == .requestsPerMinute)
    #expect(state.arrive(request(1, deadline: 1), at: 0).refusal?.measure == .requestsPerMinute)
    _ = try state.waiter(request(1, deadline: 3 * second), at: 0)
    var said = Said()
    state.sayAll(at: 4 * second, into: &said)
    #expect(said.refused.map(\.refusal.code) == [.expired])
    #expect(said.refused.first?.refusal.measure == .requestsPerMinute)
  }
}
