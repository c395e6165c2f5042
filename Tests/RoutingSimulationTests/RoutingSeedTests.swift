import RoutingSimulation
import Testing

/// Our rule with random scopes, workloads and faults. `routing-simulation seeds` runs more and longer ones.
struct RoutingSeedTests {
  /// In parts, so that they run in parallel.
  @Test(arguments: 0..<10)
  func everyRuleHolds(part: Int) {
    for seed in UInt64(part * 10)..<UInt64(part * 10 + 10) {
      let run = RoutingSeedRun(seed: seed, minutes: 1)
      #expect(run.violation == nil, "seed \(seed): \(run.plan.summary)")
      #expect(run.tally.begun > 0)
    }
  }

  @Test func aSeedMeansOneRun() {
    let (first, second) = (RoutingSeedRun(seed: 11, minutes: 1), RoutingSeedRun(seed: 11, minutes: 1))
    #expect(first.tally.delivered == second.tally.delivered)
    #expect(first.tally.waits == second.tally.waits)
  }
}
