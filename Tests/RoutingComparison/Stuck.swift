import AdmissionSimulation
import RoutingSimulation
import SimulationSupport

/// Long conversations that all begin at one scope, because the others fail for the first three minutes: a rule that never moves one leaves
/// them there for hours.
enum Stuck {
  static let head = ["rule", "answered", "cache hits", "quota used", "wait p50", "wait p99"]

  static let contenders: [(name: String, contender: RouteContender)] = [
    ("Bedquota", .bedquota), ("sticky, own wait only", .ownWait), ("sticky, never moves", .sticky(.init(price: .never))),
  ]

  private static func scenario(seed: UInt64, _ length: Length) -> RoutingScenario {
    var workload = SessionWorkload(.closed(users: 140))
    workload.sessionShare = 1
    workload.turns = 200...400
    workload.added = .init(median: 150, sigma: 0.5, max: 1_000)
    workload.think = .init(median: 2, sigma: 0.5, max: 60)
    var scenario = RoutingScenario(
      seed: seed, scopes: RoutingScenario.small, workload, minutes: length.end,
      measuredFrom: Length.warmUp)
    scenario.faults = [1, 2].map { .init(.unavailable, scope: $0, minutes: 0..<3) }
    return scenario
  }

  static func rows(_ length: Length) async -> [[String]] {
    let inputs = contenders.flatMap { contender in length.seeds.map { (contender.contender, $0) } }
    let tallies = await Trials.map(inputs) { contender, seed in contender.play(scenario(seed: seed, length)) }
    let count = length.seeds.count
    return contenders.indices.map { index in
      let tally = RoutingTally.sum(Array(tallies[index * count..<(index + 1) * count]))
      return [
        contenders[index].name, "\(tally.served)", Format.percent(tally.hitShare), Format.percent(tally.deliveredShare),
        "\(Format.fixed(tally.wait(quantile: 0.5), 1)) s", "\(Format.fixed(tally.wait(quantile: 0.99), 1)) s",
      ]
    }
  }
}
