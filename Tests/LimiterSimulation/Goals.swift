import AdmissionControl
import AdmissionSimulation
import SimulationSupport

/// The design's goals for use and throttling, each measured over several seeds, of which the worst counts.
enum Goals {
  struct Row {
    var what: String
    var goal: String
    var measured: String
    var isMet: Bool
  }

  static let quota: Int64 = 2_000_000
  static let seeds: [UInt64] = [1, 2, 3, 4, 5]

  /// Infinite backlog, 3,000 tokens in and 450 out, 7 s: the workload of `limiting.md` §1.5. Minutes 2 to 12.
  static func scenario(
    _ semantics: Semantics, seed: UInt64, maxTokens: Workload.MaxTokens = .timesOutput(4), minutes: Double = 12
  ) -> Scenario {
    var workload = Workload(.closed(workers: 400))
    workload.maxTokens = maxTokens
    var scenario = Scenario(
      seed: seed, semantics, limits: [Limit(.tokensPerMinute, quota)], workload, minutes: minutes, measuredFrom: 2)
    scenario.isServedOut = false
    return scenario
  }

  static func rows() async -> [Row] {
    var rows = await delivery()
    for semantics in Semantics.plain { rows += await strict(semantics) }
    for semantics in [Semantics.soft, .hierarchical] { rows += await auto(semantics) }
    for semantics in [Semantics.rolling60, .fixed60] { rows += await toldApart(semantics) }
    for maxTokens in [Workload.MaxTokens.fixed(8_000), .fixed(64_000)] { rows += await againstOracle(maxTokens) }
    rows += await Learning.rows()
    rows += await Factors.rows()
    rows += await Small.rows()
    rows += await Priorities.rows()
    return rows + (await Fairness.rows())
  }

  private static func delivery() async -> [Row] {
    let tallies = await Trials.map(seeds) { Contender.ours(.bucket).play(scenario(.bucket60, seed: $0)) }
    return use("bucket60: delivered ÷ quota", tallies.map(\.utilisation), least: 0.99)
      + refused("bucket60: refused", tallies, most: 0.0001)
  }

  /// The most that can be used if each 60.2 s stays within the quota: 60F/(60.2F + D(R−F)).
  private static func strict(_ semantics: Semantics) async -> [Row] {
    let tallies = await Trials.map(seeds) { Contender.ours(.strict).play(scenario(semantics, seed: $0)) }
    let shares = tallies.map { $0.utilisation / min(1, 1 / (60.2 / 60 + $0.outSum / (60 * Double($0.settled.tokens)))) }
    return use("strict, \(semantics): delivered ÷ 60F/(60.2F + D(R−F))", shares, least: 0.99)
      + refused("strict, \(semantics): refused", tallies, most: 0)
  }

  private static func auto(_ semantics: Semantics) async -> [Row] {
    let tallies = await Trials.map(seeds) { Contender.ours(.auto).play(scenario(semantics, seed: $0, minutes: 122)) }
    return use("auto, \(semantics): delivered ÷ what really holds", tallies.map(\.utilisation), least: 0.9)
      + refused("auto, \(semantics): refused", tallies, most: 0.005)
  }

  /// `auto` leaves the bucket for a window that it fits: from minute 10 on it does as well as `strict`.
  private static func toldApart(_ semantics: Semantics) async -> [Row] {
    let tallies = await Trials.map(seeds) { seed in
      var scenario = scenario(semantics, seed: seed, minutes: 122)
      scenario.measured = Int64(10 * 60e9)..<scenario.end
      return Contender.ours(.auto).play(scenario)
    }
    let shares = tallies.map { $0.utilisation / min(1, 1 / (60.2 / 60 + $0.outSum / (60 * Double($0.settled.tokens)))) }
    return use("auto, \(semantics), from minute 10: delivered ÷ 60F/(60.2F + D(R−F))", shares, least: 0.97)
      + refused("auto, \(semantics), from minute 10: refused", tallies, most: 0.0005)
  }

  private static func againstOracle(_ maxTokens: Workload.MaxTokens) async -> [Row] {
    let shares = await Trials.map(seeds) { seed -> (share: Double, tally: Tally) in
      let scenario = scenario(.bucket60, seed: seed, maxTokens: maxTokens)
      let ours = Contender.ours(.bucket).play(scenario)
      return (ours.utilisation / Contender.greedyOracle.play(scenario).utilisation, ours)
    }
    guard case .fixed(let tokens) = maxTokens else { return [] }
    let worst = shares.map(\.tally.utilisation).min() ?? 0
    var rows = use("max_tokens \(tokens): delivered ÷ greedy oracle's", shares.map(\.share), least: 0.97)
    rows[0].what += " (\(Format.percent(worst)) of the quota)"
    return rows + refused("max_tokens \(tokens): refused", shares.map(\.tally), most: 0.0001)
  }

  static func use(_ what: String, _ shares: [Double], least: Double) -> [Row] {
    let worst = shares.min() ?? 0
    return [Row(what: what, goal: "≥ \(Format.percent(least))", measured: Format.percent(worst), isMet: worst >= least)]
  }

  static func refused(_ what: String, _ tallies: [Tally], most: Double) -> [Row] {
    let worst = tallies.map(\.throttledShare).max() ?? 0
    let goal = most == 0 ? "none" : "≤ \(Format.percent(most))"
    return [Row(what: what, goal: goal, measured: Format.percent(worst), isMet: worst <= most)]
  }
}
