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

  static func scenario(_ load: Load, seed: UInt64, _ length: Length) -> RoutingScenario {
    RoutingScenario(
      seed: seed, scopes: RoutingScenario.large, SessionWorkload(load.arrivals), minutes: length.end, measuredFrom: Length.warmUp)
  }

  static func play(_ length: Length) async -> [Cell] {
    let inputs = Load.all.flatMap { load in RouteContender.all.flatMap { contender in length.seeds.map { (load, contender, $0) } }
    }
    let tallies = await Trials.map(inputs) { load, contender, seed in contender.play(scenario(load, seed: seed, length)) }
    let count = length.seeds.count
    return stride(from: 0, to: inputs.count, by: count).map {
      Cell(load: inputs[$0].0, contender: inputs[$0].1, tally: .sum(Array(tallies[$0..<$0 + count])))
    }
  }
}
