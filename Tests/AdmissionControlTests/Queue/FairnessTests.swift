import AdmissionControl
import AdmissionSimulation
import Testing

/// Priorities and tenants share by weight, and each tenant's requests go in order.
struct FairnessTests {
  private func state(_ change: (inout LimiterConfiguration) -> Void = { _ in }) -> AdmissionState {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)])
    change(&configuration)
    var state = AdmissionState(configuration, at: 0)
    // No later request can go at once.
    if let lease = state.lease(.exactly(1_000), at: 0) { state.settle(lease, .completed(Amounts(tokens: 1_000)), at: 0) }
    return state
  }

  private struct Crowd {
    var state: AdmissionState
    var owners: [WaiterID: Int] = [:]
    var tokens: [Int: Int64] = [:]
    var order: [Int: [Int]] = [:]
    var numbers: [WaiterID: Int] = [:]
    private var count = 0

    init(_ state: AdmissionState) { self.state = state }

    mutating func add(_ owner: Int, _ amount: Int64, priority: Int = 0, at now: Int64) {
      let request = Request(cost: .exactly(amount), priority: priority, tenant: UInt32(owner))
      count += 1
      switch state.arrive(request, at: now) {
      case .waiting(let id, _):
        owners[id] = owner
        numbers[id] = count
      case .admitted: tokens[owner, default: 0] += amount
      case .refused(let refusal): Issue.record("\(refusal)")
      }
    }

    /// Every tenant always has a request waiting.
    mutating func run(from start: Int64, to end: Int64, refill: (Int) -> (amount: Int64, priority: Int)?) {
      var now = start
      while now < end {
        while let action = state.next(at: now) {
          guard case .admit(let id, let lease) = action, let owner = owners.removeValue(forKey: id) else { continue }
          order[owner, default: []].append(numbers[id, default: 0])
          let amount = lease.reserved.tokens
          tokens[owner, default: 0] += amount
          state.settle(lease, .completed(Amounts(tokens: amount)), at: now)
          if let (amount, priority) = refill(owner) { add(owner, amount, priority: priority, at: now) }
        }
        now = min(end, state.wakeAt ?? end)
      }
    }
  }

  @Test(arguments: 1...4)
  func tenantsShareByWeight(seed: Int) {
    var random = Generator(seed: seed)
    var crowd = Crowd(state { $0.tenantWeights = [1: 1, 2: 3] })
    for owner in [1, 2] { for _ in 0..<3 { crowd.add(owner, 100, at: 0) } }
    crowd.run(from: 0, to: minute) { ($0 == 1 ? random.int(50...400) : random.int(10...200), 0) }
    let share = Double(crowd.tokens[2, default: 0]) / Double(crowd.tokens[1, default: 0] + crowd.tokens[2, default: 0])
    #expect(abs(share - 0.75) <= 0.02, "\(share)")
    for order in crowd.order.values { #expect(order == order.sorted()) }
  }

  @Test func prioritiesShareByWeight() {
    var crowd = Crowd(state())
    for owner in 0...2 { for _ in 0..<3 { crowd.add(owner, 100, priority: owner, at: 0) } }
    crowd.run(from: 0, to: 2 * minute) { (100, $0) }
    let all = Double(crowd.tokens.values.reduce(0, +))
    for (owner, share) in [0.7, 0.25, 0.05].enumerated() {
      #expect(abs(Double(crowd.tokens[owner, default: 0]) / all - share) <= 0.02)
    }
  }

  /// A request that needs most of the limit waits until its tier's weight has earned it, and holds nobody up before.
  @Test func aLargeRequestWaitsForItsShare() throws {
    let (alone, beside) = (PriorityRun(large: nil), PriorityRun(large: 900_000))
    #expect(beside.medianWait <= 1.1 * alone.medianWait, "\(beside.medianWait) s, not \(alone.medianWait) s")
    // 5 of 75 parts of the limit bring it in 13.5 minutes, and then the meter must fill.
    let wait = try #require(beside.largeWait)
    #expect((600...960).contains(wait), "\(wait) s")
  }

  /// A tier that was idle for long gets its share from now on, and nothing for the past, though a request of another tier waits
  /// since then.
  @Test func aTierEarnsNoCreditWhileItIsIdle() {
    var crowd = Crowd(state { $0.tierWeights = [1, 1, 1e-6] })
    crowd.add(2, 30_000, priority: 2, at: 0)
    for _ in 0..<3 { crowd.add(0, 100, priority: 0, at: 0) }
    crowd.run(from: 0, to: 10 * minute) { $0 == 0 ? (100, 0) : nil }
    for _ in 0..<3 { crowd.add(1, 100, priority: 1, at: 10 * minute) }
    crowd.tokens = [:]
    crowd.run(from: 10 * minute, to: 11 * minute) { $0 == 2 ? nil : (100, $0) }
    let all = Double((crowd.tokens[0] ?? 0) + (crowd.tokens[1] ?? 0))
    #expect(abs(Double(crowd.tokens[1] ?? 0) / all - 0.5) <= 0.02, "\(crowd.tokens)")
  }

  @Test func whoIsAloneHasAll() {
    var crowd = Crowd(state { $0.tenantWeights = [1: 0.001] })
    for _ in 0..<3 { crowd.add(1, 100, priority: 9, at: 0) }
    crowd.run(from: 0, to: minute) { _ in (100, 9) }
    #expect(crowd.tokens[1, default: 0] >= 59_900)
  }

  /// Two tenants share for minutes, then a third comes: from then on each gets a third.
  @Test func whoWakesFromIdleNeitherHoardsNorStarves() {
    var crowd = Crowd(state())
    for owner in [1, 2] { for _ in 0..<3 { crowd.add(owner, 100, at: 0) } }
    crowd.run(from: 0, to: 10 * minute) { _ in (100, 0) }
    for _ in 0..<3 { crowd.add(3, 100, at: 10 * minute) }
    crowd.tokens = [:]
    crowd.run(from: 10 * minute, to: 11 * minute) { _ in (100, 0) }
    let all = Double(crowd.tokens.values.reduce(0, +))
    for owner in 1...3 { #expect(abs(Double(crowd.tokens[owner, default: 0]) / all - 1.0 / 3) <= 0.02) }
  }

  /// The same after a time without waiters: what was served before doesn't count.
  @Test(arguments: [true, false], [true, false])
  func aLullForgivesAll(isNewcomerFirst: Bool, isByPriority: Bool) {
    var crowd = Crowd(state { $0.tierWeights = [1, 1, 1] })
    for owner in [1, 2] { for _ in 0..<3 { crowd.add(owner, 100, priority: isByPriority ? owner : 0, at: 0) } }
    crowd.run(from: 0, to: 10 * minute) { (100, isByPriority ? $0 : 0) }
    crowd.run(from: 10 * minute, to: 20 * minute) { _ in nil }
    #expect(crowd.state.isIdle)
    // The first request takes all that is free, so that the next ones wait.
    crowd.add(9, 1_000, at: 20 * minute)
    crowd.tokens = [:]
    for owner in isNewcomerFirst ? [0, 1] : [1, 0] {
      for _ in 0..<3 { crowd.add(owner, 100, priority: isByPriority ? owner : 0, at: 20 * minute) }
    }
    crowd.run(from: 20 * minute, to: 21 * minute) { (100, isByPriority ? $0 : 0) }
    let all = Double(crowd.tokens.values.reduce(0, +))
    for owner in 0...1 { #expect(abs(Double(crowd.tokens[owner] ?? 0) / all - 0.5) <= 0.02, "\(crowd.tokens)") }
  }

  /// With any number of tenants, they take turns; those served alike go in the order of their arrival.
  @Test func aCrowdOfTenantsTakesTurns() {
    var crowd = Crowd(state { $0.limits = [Limit(.tokensPerMinute, 6_000_000)] })
    crowd.add(0, 99_000, at: 0)
    for _ in 0..<2 { for owner in 1...300 { crowd.add(owner, 100, at: 0) } }
    var order: [Int] = []
    crowd.run(from: 0, to: minute) {
      order.append($0)
      return nil
    }
    let isInTurn = order == Array(1...300) + Array(1...300)
    #expect(isInTurn)
  }

  /// The final cost counts, not the prediction.
  @Test func settlementCorrectsTheShare() throws {
    var state = state()
    var said = Said()
    let cost = Cost(reserved: Amounts(tokens: 1_000), predicted: Amounts(tokens: 1_000))
    var names: [WaiterID: UInt32] = [:]
    for _ in 0..<150 {
      for tenant in [1, 2] as [UInt32] { try names[state.waiter(Request(cost: cost, tenant: tenant), at: 0)] = tenant }
    }
    var counts: [UInt32: Int] = [:]
    var now: Int64 = 0
    while now < 30 * second {
      now += second / 10
      state.sayAll(at: now, into: &said)
      for (id, lease, _) in said.admitted {
        let tenant = names[id, default: 0]
        counts[tenant, default: 0] += 1
        state.settle(lease, .completed(Amounts(tokens: tenant == 1 ? 249 : 1_000)), at: now)
      }
      said.admitted = []
    }
    let ratio = Double(counts[1, default: 0]) / Double(counts[2, default: 0])
    #expect((3.5...4.5).contains(ratio), "\(counts)")
  }

  @Test(arguments: [-5, 0, 2, 3, 1_000, Int.max, Int.min])
  func anyPriorityIsOne(priority: Int) {
    var state = state()
    #expect(state.arrive(Request(cost: .exactly(1_000), priority: priority), at: 0).waiter != nil)
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.count == 1)
  }

  @Test(
    arguments: [
      [], [0], [-1, .nan, .infinity], Array(repeating: 1, count: 1_000), [1e-300, 1e300], [.leastNonzeroMagnitude, 1],
    ] as [[Double]])
  func anyWeightsLetAllThrough(weights: [Double]) {
    var state = state {
      $0.tierWeights = weights
      $0.tenantWeights = [1: weights.first ?? .nan]
    }
    for _ in 0..<5 { for tier in 0...3 { _ = state.arrive(Request(cost: .exactly(1_000), priority: tier, tenant: 1), at: 0) } }
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.count == 20)
  }
}
