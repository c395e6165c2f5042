import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// What `auto` reaches with each kind of server, from minute 10 to minute 122, over many seeds.
///
/// The goals play a few seeds. This shows whether more of them find a worse one.
enum Windows {
  static func table(seeds: Int) async -> String {
    var lines = [["server", "use, worst", "mean", "refused, worst", "mean"]]
    for semantics in Semantics.allCases {
      let runs = await Trials.map(Array(1...UInt64(seeds))) { play(semantics, seed: $0) }
      let refused = runs.map(\.refused)
      lines.append([
        semantics.rawValue, Format.percent(runs.map(\.use).min() ?? 0), Format.percent(mean(runs.map(\.use))),
        Format.percent(refused.max() ?? 0), Format.percent(mean(refused)),
      ])
    }
    return Format.table(lines, toTheRight: [1, 2, 3, 4])
  }

  /// - Returns: for a window of a minute, the share of what the strict formula allows; else, the share of the quota.
  private static func play(_ semantics: Semantics, seed: UInt64) -> (use: Double, refused: Double) {
    var scenario = Goals.scenario(semantics, seed: seed, minutes: 122)
    scenario.measured = Int64(10 * 60e9)..<scenario.end
    let tally = Contender.ours(.auto).play(scenario)
    let isWindow = [.rolling60, .fixed60].contains(semantics)
    let most = isWindow ? min(1, 1 / (60.2 / 60 + tally.outSum / (60 * Double(tally.settled.tokens)))) : 1
    return (tally.utilisation / most, tally.throttledShare)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
