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
    Case(name: "503 for five minutes", faults: [.init(.unavailable, scope: 0, minutes: 12..<17)]),
    Case(name: "403 for five minutes", faults: [.init(.denied, scope: 0, minutes: 12..<17)]),
    Case(name: "half of its quota for five minutes, untold", faults: [.init(.quota(factor: 0.5), scope: 0, minutes: 12..<17)]),
    // The largest scope uses 2.5 to 5 million a minute, and the quota brings a day's worth in a day.
    Case(name: "no tokens per day any more after some minutes", untoldPerDay: [0: 30_000_000]),
  ]

  static let contenders: [RouteContender] = [.bedquota, .usageBased, .failover]

  static func play(_ length: Length) async -> [Result] {
    let inputs = cases.flatMap { trouble in contenders.flatMap { contender in length.seeds.map { (trouble, contender, $0) } }
    }
    let tallies = await Trials.map(inputs) { trouble, contender, seed in
      var scenario = Comparison.scenario(.open(percent: 50), seed: seed, length)
      scenario.faults = trouble.faults
      scenario.untoldPerDay = trouble.untoldPerDay
      return contender.play(scenario)
    }
    let count = length.seeds.count
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
