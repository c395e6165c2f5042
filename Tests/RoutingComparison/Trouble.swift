import RoutingSimulation
import SimulationSupport

/// Scopes that fail for a while, under half of the load that all three can bear.
enum Trouble {
  struct Case: Sendable {
    var name: String
    var faults: [RoutingScenario.Fault] = []
    var untoldPerDay: [Int: Int64] = [:]
  }

  struct Result: Sendable {
    var name: String
    var policy: String
    var tally: RoutingTally
  }

  static let cases = [
    Case(name: "nothing"),
    Case(name: "503 for ten minutes", faults: [.init(.unavailable, scope: 0, minutes: 12..<22)]),
    Case(name: "403 for ten minutes", faults: [.init(.denied, scope: 0, minutes: 12..<22)]),
    Case(name: "half of its quota for ten minutes, untold", faults: [.init(.quota(factor: 0.5), scope: 0, minutes: 12..<22)]),
    // Half of the load for twenty minutes uses 50 million in the largest; the quota brings a day's worth in a day.
    Case(name: "tokens per day used up after about twenty minutes", untoldPerDay: [0: 45_000_000]),
  ]

  static let contenders: [RouteContender] = [.ours(.init()), .usageBased, .failover]

  static func play() async -> [Result] {
    let inputs = cases.flatMap { trouble in contenders.flatMap { contender in Comparison.seeds.map { (trouble, contender, $0) } }
    }
    let tallies = await Trials.map(inputs) { trouble, contender, seed in
      var scenario = Comparison.scenario(.open(percent: 50), seed: seed)
      scenario.faults = trouble.faults
      scenario.untoldPerDay = trouble.untoldPerDay
      return contender.play(scenario)
    }
    let count = Comparison.seeds.count
    return stride(from: 0, to: inputs.count, by: count).map {
      Result(name: inputs[$0].0.name, policy: inputs[$0].1.name, tally: .sum(Array(tallies[$0..<$0 + count])))
    }
  }

  static func rows(_ results: [Result]) -> [[String]] {
    results.map { result in
      let tally = result.tally
      return [
        result.name, result.policy, Format.percent(Double(tally.served) / Double(tally.begun)), "\(tally.givenUp)",
        Format.percent(Double(tally.failed) / Double(tally.attempts)), Format.percent(tally.throttledShare),
        Format.percent(tally.hitShare), "\(Format.fixed(tally.wait(quantile: 0.99), 1)) s",
      ]
    }
  }

  static let head = [
    "what the largest scope answers", "policy", "answered of begun", "given up", "attempts failed", "throttled", "cache hits",
    "wait p99",
  ]
}
