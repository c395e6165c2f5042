import AdmissionControl
import AdmissionSimulation
import Testing

/// Limiters in virtual time, with faults, watched by an audit. `limiter-simulation seeds` runs ten times as many.
struct SimulationTests {
  /// In parts, so that they run in parallel.
  @Test(arguments: 0..<10)
  func everyRuleHolds(part: Int) {
    for seed in UInt64(part * 10)..<UInt64(part * 10 + 10) {
      let run = SeedRun(seed: seed, minutes: 10)
      #expect(run.violation == nil, "seed \(seed): \(run.plan.summary)")
    }
  }

  @Test(arguments: RegressionSeeds.all)
  func whatWasWrongOnceStaysRight(row: RegressionSeeds.Row) {
    let run = SeedRun(seed: row.seed, minutes: row.minutes)
    #expect(run.violation == nil, "\(run.plan.summary)")
  }

  @Test func aSeedMeansOneRun() {
    let (first, second) = (SeedRun(seed: 11, minutes: 5), SeedRun(seed: 11, minutes: 5))
    #expect(first.requests == second.requests && first.requests > 0)
    #expect(first.tally.settled == second.tally.settled)
    #expect(first.tally.waits == second.tally.waits)
  }
}
