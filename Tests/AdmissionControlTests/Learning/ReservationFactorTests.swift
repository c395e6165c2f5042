import Testing

@testable import AdmissionControl

/// Whether a reservation counts the burndown is learnt from the server's answers.
@Suite struct ReservationFactorTests {
  static let limit: Int64 = 1_000_000

  static func cost(input: Int64 = 1_000, maxTokens: Int64, burndown: Int64) -> Cost {
    var cost = Cost(input: input, maxTokens: maxTokens)
    cost.predicted = .zero
    cost.burndownExtra = (burndown - 1) * maxTokens
    return cost
  }

  static func state(
    _ limit: Int64 = limit, reserves: Bool? = nil, begins: Bool? = nil
  ) -> AdmissionState {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, limit)])
    configuration.reservesBurndown = reserves
    configuration.beginsWithBurndown = begins
    return AdmissionState(configuration, at: 0)
  }

  /// Admits as many requests as there is room for.
  static func fill(_ state: inout AdmissionState, _ cost: Cost, at now: Int64) -> [Lease] {
    var leases: [Lease] = []
    while case .admitted(let lease)? = state.tryArrive(Request(cost: cost), at: now) { leases.append(lease) }
    return leases
  }

  @Test func `a request without a burndown needs no learning`() {
    var state = Self.state()
    _ = Self.fill(&state, Self.cost(maxTokens: 10_000, burndown: 1), at: 0)
    #expect(state.snapshot().reservesBurndown == nil)
  }

  @Test(arguments: [(Int64(9_000), true), (11_000, false)])
  func `the safe hypothesis comes first where the quota is large`(maxTokens: Int64, counts: Bool) {
    // 20 requests of 5 × 9,000 + 1,000 fit in the quota; 20 of 5 × 11,000 + 1,000 don't.
    var state = Self.state()
    _ = state.tryArrive(Request(cost: Self.cost(maxTokens: maxTokens, burndown: 5)), at: 0)
    #expect(state.snapshot().reservesBurndown == counts)
  }

  @Test func `a known factor is kept, whatever the server answers`() {
    for reserves in [true, false] {
      var state = Self.state(reserves: reserves)
      let leases = Self.fill(&state, Self.cost(maxTokens: 50_000, burndown: 5), at: 0)
      // 0.96 of the quota with the burndown, the bucket's 0.95 without it.
      #expect(leases.count == (reserves ? 3 : 18))
      for lease in leases { state.settle(lease, reserves ? .completed(Amounts(tokens: 1_500)) : .throttled(.tokens), at: second) }
      #expect(state.snapshot().reservesBurndown == reserves)
    }
  }

  @Test func `two throttled requests that the burndown explains make it believed and lower no limit`() {
    var state = Self.state(begins: false)
    let leases = Self.fill(&state, Self.cost(maxTokens: 50_000, burndown: 5), at: 0)
    #expect(leases.count == 18)
    for lease in leases.suffix(2) {
      state.settle(lease, .throttled(.tokens), at: second)
    }
    let snapshot = state.snapshot()
    #expect(snapshot.reservesBurndown == true)
    #expect(snapshot.meters[0].scale == 1)
    // The others hold five times as much now, so nothing has room.
    #expect(Self.fill(&state, Self.cost(maxTokens: 50_000, burndown: 5), at: second).isEmpty)
  }

  @Test func `a throttled request that the burndown doesn't explain teaches the limit`() {
    var state = Self.state(begins: false)
    let lease = Self.fill(&state, Self.cost(maxTokens: 50_000, burndown: 5), at: 0)[0]
    state.settle(lease, .throttled(.tokens), at: second)
    #expect(state.snapshot().reservesBurndown == false)
    #expect(state.snapshot().meters[0].scale < 1)
  }

  @Test func `three accepted tries make the burndown doubted, one at a time`() {
    var state = Self.state(begins: true)
    let cost = Self.cost(maxTokens: 50_000, burndown: 5)
    var held = Self.fill(&state, cost, at: 0)
    var now: Int64 = 0
    for trial in 1...3 {
      // Of those that the burndown keeps back, one is in flight.
      #expect(Self.fill(&state, cost, at: now).isEmpty)
      #expect(state.snapshot().reservesBurndown == true, "\(trial)")
      state.settle(held.removeLast(), .completed(Amounts(tokens: 251_000)), at: now)
      // The pacer needs 16 s for what the try cost.
      now += 20 * second
      held += Self.fill(&state, cost, at: now)
    }
    #expect(state.snapshot().reservesBurndown == false)
  }

  @Test func `a try that is throttled is not repeated for minutes`() throws {
    var state = Self.state(begins: true)
    let cost = Self.cost(maxTokens: 50_000, burndown: 5)
    let leases = Self.fill(&state, cost, at: 0)
    state.settle(try #require(leases.last), .throttled(.tokens), at: second)
    #expect(state.snapshot().meters[0].scale == 1)
    let others = leases.dropLast()
    #expect(others.count == 4)
    // The meter has no room and refills in 18 s; until then nothing is tried.
    #expect(Self.fill(&state, cost, at: 2 * second).isEmpty)
    #expect(Self.fill(&state, cost, at: 20 * second).count == 1)
  }

  @Test func `what the quota can never hold is refused once that is certain`() {
    // anthropics/claude-code issue 1293: at 200,000 tokens a minute, every request with max_tokens above 39,200 fails.
    var state = Self.state(200_000, begins: false)
    let cost = Self.cost(input: 4_000, maxTokens: 40_000, burndown: 5)
    var now: Int64 = 0
    var throttled = 0
    while throttled < 10 {
      guard case .admitted(let lease)? = state.tryArrive(Request(cost: cost), at: now) else { break }
      state.settle(lease, .throttled(.tokens), at: now)
      throttled += 1
      now += minute
    }
    #expect((2...5).contains(throttled))
    let arrival = state.tryArrive(Request(cost: cost), at: now)
    guard case .refused(let refusal)? = arrival else { Issue.record("admitted"); return }
    #expect(refusal.code == .neverFits)
    // A smaller one is served.
    let small = Self.cost(input: 4_000, maxTokens: 30_000, burndown: 5)
    #expect(Self.fill(&state, small, at: now + minute).count == 1)
  }

  @Test func `a cancelled try frees the next one`() throws {
    var state = Self.state(begins: true)
    let cost = Self.cost(maxTokens: 50_000, burndown: 5)
    let leases = Self.fill(&state, cost, at: 0)
    #expect(Self.fill(&state, cost, at: second).isEmpty)
    state.settle(try #require(leases.last), .cancelled, at: second)
    #expect(Self.fill(&state, cost, at: second).count == 1)
  }

  @Test(arguments: [Int64(-1), 999_999_999, .max])
  func `amounts out of range are refused`(extra: Int64) {
    var state = Self.state()
    var cost = Self.cost(maxTokens: 1_000, burndown: 1)
    cost.burndownExtra = extra
    guard case .refused(let refusal) = state.arrive(Request(cost: cost), at: 0) else { Issue.record("admitted"); return }
    #expect(refusal.code == .invalidCost)
  }
}
