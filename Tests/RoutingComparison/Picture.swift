import Charts
import RoutingSimulation
import SimulationSupport

/// The comparison as an SVG: a row for each load, a bar for each policy.
enum Picture {
  static func svg(_ cells: [Comparison.Cell]) -> String {
    let rows = Comparison.Load.all.map { load in
      let own = cells.filter { $0.load == load }
      return Sheet.Row(
        heading: "Demand: \(load.name)", note: notes[load] ?? "",
        plots: [
          plot(own, "Input read from caches", "%") { $0.hitShare * 100 },
          plot(own, "Quota tokens for each request", "thousands") { $0.tokensPerRequest / 1_000 },
          plot(own, "Throttled", "% of attempts") { $0.throttledShare * 100 },
          plot(own, "Waited, 99th percentile", "s") { $0.wait(quantile: 0.99) },
        ])
    }
    return Sheet(
      title: "What each way of routing costs, over three scopes with unequal quotas",
      subtitle:
        "Simulated: 5,000,000 + 3,000,000 + 2,000,000 tokens per minute, 70 % of the requests in conversations of 20,000 to 60,000 tokens and more",
      summary: "For each demand, four bar charts with a bar for each policy.", rows: rows
    ).svg(width: 1_400, rowHeight: 170)
  }

  private static let notes: [Comparison.Load: String] = [
    .saturated: "2,000 users, each with the next request soon after a reply"
  ]

  private static func plot(
    _ cells: [Comparison.Cell], _ title: String, _ unit: String, _ value: (RoutingTally) -> Double
  ) -> Plot {
    Plot(comparing: cells.map(\.contender.name), cells.map { value($0.tally) }, title: title, unit: unit)
  }
}
