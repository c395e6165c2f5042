import FleetSimulation
import SimulationSupport

/// Plays random scenarios and prints the rules that were broken.
enum Seeds {
  /// - Parameter hasFlows: whether requests are of all tiers, each with a ticket of its own.
  /// - Returns: whether every rule held.
  static func run(count: Int, first: UInt64, hasFlows: Bool = false) async -> Bool {
    var failed = 0
    var (accepted, throttled) = (0, 0)
    _ = await Trials.map(
      (0..<UInt64(count)).map { first &+ $0 },
      each: { (run: FleetSeedRun) in
        accepted += run.tally.accepted
        throttled += run.tally.throttled
        guard let violation = run.violation else { return }
        failed += 1
        print("seed \(run.seed): \(violation) (\(run.plan.summary))")
      }
    ) { FleetSeedRun(seed: $0, hasFlows: hasFlows) }
    let last = first &+ UInt64(count) - 1
    print("seeds \(first) to \(last), \(accepted) requests accepted, \(throttled) throttled; \(failed) failed")
    return failed == 0
  }
}
