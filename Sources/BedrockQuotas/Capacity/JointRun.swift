/// The rate under several limits together, for clients whose waiting for one limit changes the load on another.
///
/// Large quotas are scaled down together to keep the run short: with hundreds of requests in flight the rate is proportional.
struct JointRun {
  private var run: GreedyRun
  private var scale = 1.0

  /// nil if fewer than two limits are known, or requests take no time.
  init?(_ window: GreedyRun.Window, _ limits: [CapacityLimit], _ workload: Workload, _ cost: RequestCost) {
    func smallest(_ measure: QuotaMeasure) -> Double? {
      limits.filter { $0.measure == measure }.compactMap(\.quota).min().map { $0.rounded(.down) }
    }
    guard let latency = workload.latency, latency > 0 else { return nil }
    let (rpm, tpm, workers) = (smallest(.rpm), smallest(.tpm) ?? smallest(.inputTPM), smallest(.concurrent))
    let reserved = cost.reservation.map(Double.init)
    let counts = [rpm, workers, tpm.flatMap { quota in reserved.flatMap { $0 > 0 ? quota / $0 : nil } }].compactMap { $0 }
    guard counts.count > 1, let fewest = counts.min(), fewest >= 1 else { return nil }
    scale = max(1, fewest / (2 * SteadyRate.manyInFlight))
    run = GreedyRun(window, latency: latency)
    run.requests = rpm.map { ($0 / scale).rounded(.down) }
    run.workers = workers.map { Int(saturating: min($0 / scale, 1e9)) }
    if let tpm, let reserved, reserved > 0, let final = cost.final {
      run.tokens = .init(quota: (tpm / scale).rounded(.down), reserved: reserved, final: Double(final))
    }
  }

  func outcome() -> GreedyRun.Outcome {
    var outcome = run.outcome()
    outcome.requestsPerMinute *= scale
    return outcome
  }
}
