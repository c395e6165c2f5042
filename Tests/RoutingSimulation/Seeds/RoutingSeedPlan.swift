import AdmissionControl
import AdmissionSimulation

/// What a seed means: scopes, a workload, and faults.
package struct RoutingSeedPlan: Sendable {
  package let scenario: RoutingScenario

  package init(seed: UInt64, minutes: Double) {
    var random = Random(seed: seed &+ 0x0007_0071)
    let quotas = (0..<1 + random.below(5)).map { _ in Int64(random.logWithin(300_000...3_000_000)) }
    let isClosed = random.chance(0.4)
    let sum = Double(quotas.reduce(0, +))
    var workload = SessionWorkload(
      isClosed ? .closed(users: 1 + Int(sum / 12_000 * random.within(0.2...1.5))) : .open(load: random.within(0.2...1.1)))
    workload.sessionShare = random.within(0...0.95)
    workload.prefix = 2_000...random.logWithin(10_000...80_000)
    workload.turns = 2...(3 + random.below(15))
    workload.maxTokens = random.pick([1_000, 4_096, 16_000])
    workload.burndown = random.pick([1, 5, 10])
    workload.think.median = random.logWithin(0.5...60)
    workload.tenantShares = random.pick([[1], [1, 1], [10, 1], [5, 3, 1, 1]])
    var scenario = RoutingScenario(
      seed: seed, scopes: quotas.map { Self.limits($0, &random) }, workload, minutes: minutes)
    scenario.cacheSeconds = random.pick([300, 300, 3_600])
    scenario.foretellsCache = random.chance(0.8)
    scenario.isServedOut = true
    for _ in 0..<random.below(4) { scenario.faults.append(Self.fault(scopes: quotas.count, minutes: minutes, &random)) }
    self.scenario = scenario
  }

  private static func limits(_ quota: Int64, _ random: inout Random) -> [Limit] {
    var limits = [Limit(.tokensPerMinute, quota)]
    if random.chance(0.5) { limits.append(Limit(.requestsPerMinute, Int64(random.logWithin(60...2_000)))) }
    if random.chance(0.2) { limits.append(Limit(.concurrency, Int64(random.logWithin(20...200)))) }
    return limits
  }

  private static func fault(scopes: Int, minutes: Double, _ random: inout Random) -> RoutingScenario.Fault {
    let from = random.within(0...minutes * 0.8)
    let kinds: [RoutingScenario.Fault.Kind] = [.unavailable, .denied, .quota(factor: random.within(0.3...0.9))]
    return .init(
      random.pick(kinds), scope: random.below(scopes), minutes: from..<min(from + random.logWithin(0.1...minutes), minutes))
  }

  package var summary: String {
    "\(scenario.scopes.map { $0.map { "\($0.measure) \($0.value)" } }), \(scenario.workload.arrivals), faults \(scenario.faults)"
  }
}
