/// One random scenario, played with every rule checked.
package struct FleetSeedRun: Sendable {
  package let seed: UInt64
  package let plan: FleetSeedPlan
  package let tally: FleetTally

  package init(seed: UInt64) {
    self.seed = seed
    plan = FleetSeedPlan(seed: seed)
    tally = FleetRun.play(plan.scenario)
  }

  package var violation: String? { tally.violation }
}
