import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// Servers whose reservation counts the burndown, or doesn't, while we believe the other: from a minute after the start.
enum Factors {
  static func rows() async -> [Goals.Row] {
    var rows: [Goals.Row] = []
    for burndown: Int64 in [5, 10, 15] {
      for maxTokens: Int64 in [4_000, 16_000] where burndown * maxTokens * 10 < Goals.quota {
        rows += await row(burndown, maxTokens, counts: true, begins: false, .bucket)
      }
    }
    rows += await row(5, 8_000, counts: true, begins: false, .auto)
    rows += await row(5, 8_000, counts: true, begins: nil, .bucket)
    rows += await row(5, 32_000, counts: true, begins: false, .bucket)
    rows += await row(5, 8_000, counts: false, begins: true, .bucket)
    rows += await row(15, 16_000, counts: false, begins: true, .bucket)
    rows += await row(5, 8_000, counts: false, begins: false, .auto)
    return rows
  }

  private static func row(
    _ burndown: Int64, _ maxTokens: Int64, counts: Bool, begins: Bool?, _ profile: LimiterConfiguration.Profile
  ) async -> [Goals.Row] {
    let results = await Trials.map(Goals.seeds) { seed -> (share: Double, tally: Tally) in
      var scenario = Goals.scenario(.bucket60, seed: seed, maxTokens: .fixed(maxTokens), minutes: 12)
      scenario.workload.burndown = burndown
      scenario.workload.tellsBurndown = true
      scenario.reservesBurndown = counts
      scenario.measured = Int64(60e9)..<scenario.end
      let ours = Contender.ours(profile).play(scenario) { $0.beginsWithBurndown = begins }
      return (ours.utilisation / Contender.greedyOracle.play(scenario).utilisation, ours)
    }
    let believed = begins.map { $0 ? "burndown" : "1" } ?? "either"
    let factor = counts ? "\(burndown)" : "1, burndown \(burndown)"
    let what = "k = \(factor), max_tokens \(maxTokens), \(believed) believed at first, \(profile)"
    return Goals.use("\(what): delivered ÷ greedy oracle's", results.map(\.share), least: 0.95)
      + Goals.refused("\(what): refused", results.map(\.tally), most: 0.001)
  }
}
