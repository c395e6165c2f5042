/// The run of one seed with our rule, and the first rule that it broke.
package struct RoutingSeedRun: Sendable {
  package let seed: UInt64
  package let plan: RoutingSeedPlan
  package let tally: RoutingTally
  package let violation: String?

  package init(seed: UInt64, minutes: Double) {
    self.seed = seed
    plan = RoutingSeedPlan(seed: seed, minutes: minutes)
    let scenario = plan.scenario
    var simulation = RoutingSimulation(
      scenario, policy: RouteContender.bedquota.policy(scenario))
    tally = simulation.run()
    let reservedMax = simulation.exchanges.reduce(0) { max($0, $1.request.reserved) }
    violation = simulation.violation ?? Self.throttling(scenario, tally, reservedMax: reservedMax)
  }

  /// Almost nobody is throttled where every quota is as large as was told. Where a reservation is larger than what the limiters keep back,
  /// the order in which messages pass each other matters.
  private static func throttling(_ scenario: RoutingScenario, _ tally: RoutingTally, reservedMax: Int64) -> String? {
    let isTold = !scenario.faults.contains { if case .quota = $0.kind { true } else { false } }
    let least = scenario.scopes.indices.map { scenario.quota(of: $0) }.min() ?? 0
    let most = reservedMax * 20 <= least ? 0 : 1 + tally.attempts / 1_000
    return isTold && tally.throttled > most ? "\(tally.throttled) of \(tally.attempts) attempts were throttled" : nil
  }
}
