import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// Quotas so small that a request needs more than a second of them, as new accounts have, over two hours.
enum Small {
  static func rows() async -> [Goals.Row] {
    var rows: [Goals.Row] = []
    for quota: Int64 in [200_000, 25_000] {
      for maxTokens in [Workload.MaxTokens.timesOutput(4), .fixed(8_000)] { rows += await row(quota, maxTokens) }
    }
    // max_tokens left out: a few reservations fill the quota, and a message more or less on its way is a fifth of it. This is a
    // weak spot of the design, which says so; the bounds only keep it from becoming weaker.
    rows += await row(400_000, .unset, usedLeast: 0.85, refusedMost: 0.001)
    return rows + (await row(250_000, .unset, usedLeast: 0.73, refusedMost: 0.002))
  }

  private static func row(
    _ quota: Int64, _ maxTokens: Workload.MaxTokens, usedLeast: Double = 0.97, refusedMost: Double = 0.0001
  ) async -> [Goals.Row] {
    let shares = await Trials.map(Goals.seeds) { seed -> (share: Double, oracle: Double, tally: Tally) in
      var scenario = Goals.scenario(.bucket60, seed: seed, maxTokens: maxTokens, minutes: 122)
      scenario.limits = [Limit(.tokensPerMinute, quota)]
      scenario.workload.arrivals = .closed(workers: 60)
      let ours = Contender.ours(.bucket).play(scenario)
      return (ours.utilisation, Contender.greedyOracle.play(scenario).utilisation, ours)
    }
    let worst = shares.min { $0.share / $0.oracle < $1.share / $1.oracle }!
    let what = "\(quota / 1_000)k tokens a minute, max_tokens \(maxTokens)"
    let use = Goals.use("\(what): delivered ÷ greedy oracle's", [worst.share / worst.oracle], least: usedLeast)
    return use + Goals.refused("\(what): refused", shares.map(\.tally), most: refusedMost)
  }
}
