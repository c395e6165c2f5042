/// One random scenario, played with every rule checked.
package struct FleetSeedRun: Sendable {
  package let seed: UInt64
  package let plan: FleetSeedPlan
  package let tally: FleetTally

  /// - Parameter hasFlows: whether requests are of all tiers, each with a ticket of its own.
  package init(seed: UInt64, hasFlows: Bool = false) {
    self.seed = seed
    plan = FleetSeedPlan(seed: seed, hasFlows: hasFlows)
    tally = FleetRun.play(plan.scenario)
  }

  package var violation: String? { tally.violation }
}
