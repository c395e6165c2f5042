import RoutingSimulation
import SimulationSupport

/// A tally as cells of a table.
enum Row {
  static let head = [
    "load", "policy", "cache hits", "quota used", "throttled", "wait p50", "wait p99", "quota tokens a request",
    "answered of begun",
  ]

  static func figures(_ tally: RoutingTally) -> [String] {
    [
      Format.percent(tally.hitShare), Format.percent(tally.deliveredShare), Format.percent(tally.throttledShare),
      "\(Format.fixed(tally.wait(quantile: 0.5), 2)) s", "\(Format.fixed(tally.wait(quantile: 0.99), 1)) s",
      Format.fixed(tally.tokensPerRequest, 0), Format.percent(Double(tally.served) / Double(tally.begun)),
    ]
  }
}
