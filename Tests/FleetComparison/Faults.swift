import AdmissionSimulation
import FleetSimulation
import SimulationSupport

/// What is delivered before, during and after each fault of docs/design/fleet.md.
enum Faults {
  struct Row: Sendable {
    var name: String
    var scenario: FleetScenario
    /// Spans of seconds that are shown.
    var spans: [Range<Int>]
    /// Whether the service is to throttle nothing.
    var isQuiet = true
  }

  private static func row(
    _ name: String, _ faults: [(at: Double, fault: FleetFault)], _ spans: [Range<Int>], isQuiet: Bool = true,
    _ change: (inout FleetScenario) -> Void = { _ in }
  ) -> Row {
    var scenario = FleetScenario()
    scenario.seconds = 480
    scenario.faults = faults
    change(&scenario)
    return Row(name: name, scenario: scenario, spans: spans, isQuiet: isQuiet)
  }

  private static let outage = [150..<200, 207..<260, 267..<300, 300..<480]

  static let rows: [Row] =
    [4, 32, 256].map { members in
      row("store gone 60 s, \(members) members", [(200, .storeDown), (260, .storeUp)], outage) { $0.members = members }
    } + [
      row("store gone 600 s", [(200, .storeDown), (800, .storeUp)], [150..<200, 210..<800, 800..<830, 830..<1_000]) {
        $0.seconds = 1_000
      },
      row("half crash", [(200, .crash(0..<16))], [150..<200, 200..<220, 220..<480]),
      row("a quarter crashes every 20 s, back 5 s later", storm, [150..<400, 400..<480]),
      row("half stop for 60 s", [(200, .pause(0..<16, seconds: 60))], [150..<200, 200..<260, 260..<300, 300..<480]),
      row("a quarter leaves, others come", [(200, .leave(0..<8)), (205, .join(0..<8))], [150..<200, 200..<220, 220..<480]),
      row("3 of 32 cut off 60 s", [(200, .cut(0..<3)), (260, .mend)], outage),
      row("16 of 32 cut off 60 s", [(200, .cut(0..<16)), (260, .mend)], outage),
      row("16 of 32 get no answers 60 s", [(200, .deafen(0..<16)), (260, .mend)], outage),
      row("store's clock 10 s back", [(200, .clock(seconds: -10))], [150..<200, 200..<260, 260..<480]),
      row("store's clock 10 s forward", [(200, .clock(seconds: 10))], [150..<200, 200..<260, 260..<480]),
      row(
        "quota halved, then as before", [(200, .quota(0.5)), (400, .quota(1))], [150..<200, 260..<400, 460..<600], isQuiet: false
      ) {
        $0.seconds = 600
        $0.learnsLimits = true
      },
      row("quota doubled", [(200, .quota(2))], [150..<200, 260..<480]),
      row(
        "others use 30 % of the quota", [(200, .foreign(share: 0.3)), (900, .foreign(share: 0))],
        [150..<200, 200..<500, 500..<900, 960..<1_200], isQuiet: false
      ) {
        $0.seconds = 1_200
        $0.learnsLimits = true
      },
      row("strict: store gone 60 s", [(200, .storeDown), (260, .storeUp)], outage, strict),
      row("strict: 3 of 32 cut off 60 s", [(200, .cut(0..<3)), (260, .mend)], outage, strict),
      row("strict: 16 of 32 cut off 60 s", [(200, .cut(0..<16)), (260, .mend)], outage, strict),
      row("strict: 16 of 32 get no answers 60 s", [(200, .deafen(0..<16)), (260, .mend)], outage, strict),
      row("strict: half crash", [(200, .crash(0..<16))], [150..<200, 200..<270, 270..<480], strict),
      row("strict: half stop for 60 s", [(200, .pause(0..<16, seconds: 60))], outage, strict),
      // A strict store that loses a second has an emptier window until its members have told it.
      row(
        "strict: failover losing 1 s", [(200, .failover(lostSeconds: 1))], [150..<200, 200..<260, 260..<480], isQuiet: false,
        strict),
      row("strict: FLUSHALL", [(200, .flush)], [150..<200, 200..<260, 260..<480], isQuiet: false, strict),
    ]

  private static let strict: @Sendable (inout FleetScenario) -> Void = {
    $0.isStrict = true
    $0.semantics = .rolling60
  }

  private static var storm: [(at: Double, fault: FleetFault)] {
    (0..<12).flatMap { index -> [(at: Double, fault: FleetFault)] in
      let places = index % 4 * 8..<index % 4 * 8 + 8
      return [(150 + 20 * Double(index), .crash(places)), (155 + 20 * Double(index), .join(places))]
    }
  }

  /// - Returns: whether nothing was throttled that should not be.
  static func run(_ names: [String]) async -> Bool {
    let chosen = rows.filter { row in names.isEmpty || names.contains { row.name.contains($0) } }
    var isQuiet = true
    var lines = [["fault", "seconds", "delivered", "throttled", "syncs/s", ""]]
    _ = await Trials.map(
      chosen,
      each: { (played: (row: Row, tally: FleetTally)) in
        let (row, tally) = played
        for (index, span) in row.spans.enumerated() {
          lines.append([
            index == 0 ? row.name : "", "\(span.lowerBound)–\(span.upperBound)", Format.percent(tally.delivered(span)),
            "\(tally.throttled(span))", Format.fixed(tally.operations(span), 1), "",
          ])
        }
        if row.isQuiet, tally.throttled > 0 { isQuiet = false }
        if let violation = tally.violation, row.isQuiet {
          isQuiet = false
          lines.append(["", "", "", "", "", violation])
        }
      }
    ) { ($0, FleetRun.play($0.scenario)) }
    print(Format.table(lines, toTheRight: [1, 2, 3, 4]))
    return isQuiet
  }
}
