import AdmissionControl
import Testing

/// Weights that change while requests wait.
struct TenantWeightTests {
  private static let size: Int64 = 100

  private struct Crowd {
    var state: AdmissionState
    var owners: [WaiterID: UInt32] = [:]
    var tokens: [UInt32: Int64] = [:]
    var now: Int64 = 0

    init(weights: [UInt32: Double]) {
      var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)])
      configuration.tenantWeights = weights
      state = AdmissionState(configuration, at: 0)
      if let lease = state.lease(.exactly(1_000), at: 0) { state.settle(lease, .completed(Amounts(tokens: 1_000)), at: 0) }
    }

    mutating func add(_ tenant: UInt32) {
      if let id = state.arrive(Request(cost: .exactly(size), tenant: tenant), at: now).waiter { owners[id] = tenant }
    }

    /// Everybody always has a request waiting.
    mutating func run(minutes: Int64) {
      tokens = [:]
      let end = now + minutes * minute
      while now < end {
        while let action = state.next(at: now) {
          guard case .admit(let id, let lease) = action, let tenant = owners.removeValue(forKey: id) else { continue }
          tokens[tenant, default: 0] += size
          state.settle(lease, .completed(Amounts(tokens: size)), at: now)
          add(tenant)
        }
        now = min(end, state.wakeAt ?? end)
      }
    }

    func share(_ tenant: UInt32) -> Double { Double(tokens[tenant] ?? 0) / Double(tokens.values.reduce(0, +)) }
  }

  @Test func sharesFollowAndNobodyIsLost() {
    var crowd = Crowd(weights: [1: 3])
    for tenant: UInt32 in [1, 2] { for _ in 0..<5 { crowd.add(tenant) } }
    crowd.run(minutes: 5)
    #expect(abs(crowd.share(1) - 0.75) <= 0.02)
    crowd.state.setTenantWeights([2: 9], at: crowd.now)
    #expect(crowd.state.snapshot().waiting == 10)
    crowd.run(minutes: 1)
    // At once, with neither credit nor debt for what was.
    #expect(abs(crowd.share(2) - 0.9) <= 0.02, "\(crowd.tokens)")
    // A tenant that nobody has heard of appears.
    crowd.state.setTenantWeights([2: 9, 3: 10], at: crowd.now)
    for _ in 0..<5 { crowd.add(3) }
    crowd.run(minutes: 1)
    #expect(abs(crowd.share(3) - 0.5) <= 0.02, "\(crowd.tokens)")
  }

  @Test(arguments: [[:], [1: .nan, 2: -1], [1: 0, 2: .infinity], [1: 1e300, 2: 1e-300]] as [[UInt32: Double]])
  func anyWeightsLetAllThrough(weights: [UInt32: Double]) {
    var crowd = Crowd(weights: weights)
    for tenant: UInt32 in [1, 2] { for _ in 0..<5 { crowd.add(tenant) } }
    crowd.run(minutes: 1)
    crowd.state.setTenantWeights([2: .leastNonzeroMagnitude], at: crowd.now)
    crowd.state.setTenantWeights(weights, at: crowd.now)
    #expect(crowd.state.snapshot().waiting == 10)
    var said = Said()
    crowd.state.run(from: crowd.now, to: crowd.now + minute, into: &said)
    #expect(said.admitted.count == 10)
  }
}
