import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// Limits that change unannounced, and other clients that share them: 97 % of the real limit is used from 60 s after the change
/// (I10).
enum Learning {
  static func rows() async -> [Goals.Row] {
    var rows: [Goals.Row] = []
    let minute: Int64 = 60_000_000_000
    let fall = Fault(.quota(factor: 0.6, isTold: false), from: 2 * minute, to: .max)
    rows += await row("limit falls to 60 %, minutes 3 to 13 after", fall, from: 5, to: 15, .bucket)
    rows += await row("the same with auto", fall, from: 5, to: 15, .auto)
    let dip = Fault(.quota(factor: 0.6, isTold: false), from: 2 * minute, to: 6 * minute)
    rows += await row("and is whole again, minutes 1 to 6 after", dip, from: 7, to: 12, .bucket)
    let others = Fault(.foreign(share: 0.3), from: 2 * minute, to: .max)
    rows += await row("others take 30 %, minutes 5 to 15 after", others, from: 7, to: 17, .bucket)
    rows += await row("the same with auto", others, from: 7, to: 17, .auto)
    let gone = Fault(.foreign(share: 0.3), from: 2 * minute, to: 6 * minute)
    rows += await row("and go, minutes 1 to 6 after", gone, from: 7, to: 12, .bucket)
    return rows
  }

  private static func row(
    _ what: String, _ fault: Fault, from: Double, to: Double, _ profile: LimiterConfiguration.Profile
  ) async -> [Goals.Row] {
    let tallies = await Trials.map(Goals.seeds) { seed in
      var scenario = Goals.scenario(.bucket60, seed: seed, minutes: to)
      scenario.measured = Int64(from * 60e9)..<Int64(to * 60e9)
      scenario.faults = [fault]
      return Contender.ours(profile).play(scenario)
    }
    return Goals.use("\(what): used of the real limit", tallies.map(\.utilisation), least: 0.97)
      + Goals.refused("\(what): refused", tallies, most: 0.01)
  }
}
