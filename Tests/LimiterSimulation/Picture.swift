import AdmissionControl
import AdmissionSimulation
import Charts
import SimulationSupport

/// Every policy with every server: 256 callers in eight processes, always with another request, measured in minutes 2 to 12.
enum Picture {
  struct Cell: Sendable {
    var semantics: Semantics
    var contender: Contender
    var tally: Tally
  }

  static func play() async -> [Cell] {
    let pairs = Semantics.allCases.flatMap { semantics in Contender.peers.map { (semantics, $0) } }
    return await Trials.map(pairs) { semantics, contender in
      var scenario = Goals.scenario(semantics, seed: 1)
      scenario.workload.arrivals = .closed(workers: 256)
      scenario.clients = 8
      return Cell(semantics: semantics, contender: contender, tally: contender.play(scenario))
    }
  }

  static func table(_ cells: [Cell]) -> String {
    let head = ["server", "policy", "used", "refused", "lost", "wait p50", "p99", "fairness"]
    return Format.table(
      [head]
        + cells.map { cell in
          let tally = cell.tally
          return [
            cell.semantics.rawValue, cell.contender.name, Format.percent(tally.utilisation), Format.percent(tally.throttledShare),
            Format.percent(tally.lostShare), "\(Format.fixed(tally.wait(quantile: 0.5), 1)) s",
            "\(Format.fixed(tally.wait(quantile: 0.99), 1)) s", Format.fixed(tally.fairness, 3),
          ]
        }, toTheRight: Set(2...7))
  }

  static func svg(_ cells: [Cell]) -> String {
    let rows = Semantics.allCases.map { semantics in
      let own = cells.filter { $0.semantics == semantics }
      return Sheet.Row(
        heading: semantics.rawValue, note: notes[semantics] ?? "",
        plots: [
          plot(own, "Used of the quota", "%") { $0.utilisation * 100 },
          plot(own, "Refused by the server", "%") { $0.throttledShare * 100 },
          plot(own, "Given up by the caller", "%") { $0.lostShare * 100 },
          plot(own, "Waited, 99th percentile", "s") { $0.wait(quantile: 0.99) },
        ])
    }
    return Sheet(
      title: "How much of a quota of tokens per minute each policy uses, and how often it is refused",
      subtitle:
        "Simulated: 2,000,000 tokens per minute, 256 callers in 8 processes, about 3,000 tokens in and 450 out, minutes 2 to 12",
      summary: "For each kind of server, four bar charts with a bar for each policy.", rows: rows
    ).svg(width: 1_400, rowHeight: 170)
  }

  private static let notes: [Semantics: String] = [
    .bucket60: "a bucket of a minute, as Bedrock's published runs suggest", .bucket5: "a bucket of 5 s",
    .bucket2: "a bucket of 2 s",
    .rolling60: "the sum of the last 60 s", .fixed60: "the sum of the clock's minute",
    .laggy: "a bucket that debits when a reply ends",
    .soft: "a bucket whose rate swings by a fifth", .hierarchical: "four buckets of a quarter each",
  ]

  private static func plot(_ cells: [Cell], _ title: String, _ unit: String, _ value: (Tally) -> Double) -> Plot {
    Plot(comparing: cells.map(\.contender.name), cells.map { value($0.tally) }, title: title, unit: unit)
  }
}
