import RoutingSimulation
import SimulationSupport

/// Every policy under every load, over three unequal scopes.
enum Comparison {
  /// How much the clients want.
  enum Load: Sendable, Hashable {
    /// Percent of the summed quota.
    case open(percent: Int)
    /// More users than the quotas can serve.
    case saturated

    /// A percentage, or `saturated`; nil for anything else.
    init?(_ name: String) {
      if name == "saturated" {
        self = .saturated
      } else if let percent = Int(name), percent > 0 {
        self = .open(percent: percent)
      } else {
        return nil
      }
    }

    static let all: [Load] = [.open(percent: 50), .open(percent: 80), .open(percent: 95), .saturated]

    var name: String {
      switch self {
      case .open(let percent): "\(percent) % of the quotas"
      case .saturated: "more than the quotas"
      }
    }

    var arrivals: SessionWorkload.Arrivals {
      switch self {
      case .open(let percent): .open(load: Double(percent) / 100)
      case .saturated: .closed(users: 2_000)
      }
    }
  }

  struct Cell: Sendable {
    var load: Load
    var contender: RouteContender
    var tally: RoutingTally
  }

  static let seeds: [UInt64] = [1, 2]
  /// Virtual minutes before the measured ones.
  static let warmUp = 10.0
  static let minutes = 20.0

  static func scenario(_ load: Load, seed: UInt64) -> RoutingScenario {
    RoutingScenario(
      seed: seed, scopes: RoutingScenario.large, SessionWorkload(load.arrivals), minutes: warmUp + minutes, measuredFrom: warmUp
    )
  }

  static func play(_ loads: [Load] = Load.all, _ contenders: [RouteContender] = RouteContender.all) async -> [Cell] {
    let inputs = loads.flatMap { load in contenders.flatMap { contender in seeds.map { (load, contender, $0) } } }
    let tallies = await Trials.map(inputs) { load, contender, seed in contender.play(scenario(load, seed: seed)) }
    return inputs.indices.filter { inputs[$0].2 == seeds[0] }.map {
      Cell(load: inputs[$0].0, contender: inputs[$0].1, tally: .sum(Array(tallies[$0..<$0 + seeds.count])))
    }
  }
}
