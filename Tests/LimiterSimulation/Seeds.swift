import AdmissionSimulation
import SimulationSupport

/// Runs many seeds and prints the rules that were broken.
enum Seeds {
  /// - Returns: whether every rule held.
  static func run(count: Int, minutes: Double, first: UInt64) async -> Bool {
    let start = ContinuousClock.now
    var (failed, requests, judged) = (0, 0, 0)
    _ = await Trials.map(
      (0..<UInt64(count)).map { first &+ $0 },
      each: { (run: SeedRun) in
        requests += run.requests
        judged += run.judgesUse ? 1 : 0
        guard let violation = run.violation else { return }
        failed += 1
        print("seed \(run.seed): \(violation) (\(run.plan.summary))")
      }
    ) { SeedRun(seed: $0, minutes: minutes) }
    let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1e3
    print(
      "\(count) seeds × \(Format.fixed(minutes, 0)) virtual minutes, \(requests) requests, in \(Format.fixed(seconds, 1)) s; "
        + "the use of the quota judged in \(judged); \(failed) failed")
    return failed == 0
  }
}
