import RoutingSimulation
import SimulationSupport

/// The goals for routing, beside what was measured.
enum Goals {
  struct Row: Sendable {
    var what: String
    var goal: String
    var measured: String
    var isMet: Bool
  }

  static func rows(_ cells: [Comparison.Cell], _ fairness: [(fairness: Fairness.Case, parts: [Double])]) -> [Row] {
    func tally(_ load: Comparison.Load, _ contender: RouteContender) -> RoutingTally? {
      cells.first { $0.load == load && $0.contender == contender }?.tally
    }
    var rows: [Row] = []
    if let ours = tally(.saturated, .bedquota) {
      rows.append(atLeast("saturated: used of the summed quota", ours.deliveredShare, 0.98))
    }
    for load in Comparison.Load.all {
      guard let ours = tally(load, .bedquota) else { continue }
      rows.append(atMost("\(load.name): throttled", ours.throttledShare, 0.0001))
    }
    if let ours = tally(.open(percent: 80), .bedquota), let perfect = tally(.open(percent: 80), .perfectStickiness) {
      rows.append(atMost("80 %: cache hits below those of perfect stickiness", perfect.hitShare - ours.hitShare, 0.03))
    }
    for (fairness, parts) in fairness {
      let off = parts.map { abs($0 - fairness.due) }.max() ?? 1
      rows.append(atMost("\(fairness.name): away from \(Format.percent(fairness.due))", off, 0.02))
    }
    return rows
  }

  private static func atLeast(_ what: String, _ value: Double, _ goal: Double) -> Row {
    Row(what: what, goal: "≥ \(Format.percent(goal))", measured: Format.percent(value), isMet: value >= goal)
  }

  private static func atMost(_ what: String, _ value: Double, _ goal: Double) -> Row {
    Row(what: what, goal: "≤ \(Format.percent(goal))", measured: Format.percent(value), isMet: value <= goal)
  }
}
