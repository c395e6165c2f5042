import AdmissionSimulation
import RoutingSimulation
import SimulationSupport

/// Keys that share three scopes, all with more requests than they get.
enum Fairness {
  struct Case: Sendable {
    var name: String
    var shares: [Double]
    var weights: [UInt32: Double]
    /// The part of the quota tokens that the last key is due.
    var due: Double
  }

  static let cases = [
    Case(name: "equal shares, 10 : 1 demand", shares: [10, 1], weights: [:], due: 0.5),
    Case(name: "shares 3 : 1, equal demand", shares: [1, 1], weights: [0: 3], due: 0.25),
  ]

  static func scenario(_ fairness: Case, seed: UInt64, _ length: Length) -> RoutingScenario {
    var workload = SessionWorkload(.closed(users: 1_100))
    workload.tenantShares = fairness.shares
    // Who has fewer users needs quick ones to want more than half.
    workload.think = .init(median: 3, sigma: 0.5, max: 60)
    var scenario = RoutingScenario(
      seed: seed, scopes: RoutingScenario.small, workload, minutes: length.end,
      measuredFrom: Length.warmUp)
    scenario.tenantWeights = fairness.weights
    return scenario
  }

  /// The part that the last key got, by seed.
  static func play(_ length: Length) async -> [(fairness: Case, parts: [Double])] {
    let inputs = cases.flatMap { fairness in length.seeds.map { (fairness, $0) } }
    let parts = await Trials.map(inputs) { fairness, seed in
      let tally = RouteContender.bedquota.play(scenario(fairness, seed: seed, length))
      return Double(tally.byTenant[1]) / Double(tally.byTenant.reduce(0, +))
    }
    let count = length.seeds.count
    return cases.indices.map { (cases[$0], Array(parts[$0 * count..<($0 + 1) * count])) }
  }
}
