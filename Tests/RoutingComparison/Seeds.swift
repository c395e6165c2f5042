import RoutingSimulation
import SimulationSupport

/// Runs many seeds and prints the rules that were broken.
enum Seeds {
  /// - Returns: whether every rule held.
  static func run(count: Int, minutes: Double, first: UInt64) async -> Bool {
    var (failed, requests) = (0, 0)
    _ = await Trials.map(
      (0..<UInt64(count)).map { first &+ $0 },
      each: { (run: RoutingSeedRun) in
        requests += run.tally.begun
        guard let violation = run.violation else { return }
        failed += 1
        print("seed \(run.seed): \(violation) (\(run.plan.summary))")
      }
    ) { RoutingSeedRun(seed: $0, minutes: minutes) }
    print(
      "seeds \(first) to \(first &+ UInt64(count) - 1) × \(Format.fixed(minutes, 0)) virtual minutes, \(requests) requests; \(failed) failed"
    )
    return failed == 0
  }
}
