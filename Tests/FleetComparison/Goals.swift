import AdmissionSimulation
import FleetSimulation
import SimulationSupport

/// The goals of docs/design/fleet.md for stores with scripts, beside what was measured.
enum Goals {
  /// One figure of a run.
  struct Goal: Sendable {
    var what: String
    var atLeast: Double?
    var atMost: Double?
    var isShare = true
    var value: @Sendable (FleetTally) -> Double

    func isMet(_ value: Double) -> Bool { value >= atLeast ?? -.infinity && value <= atMost ?? .infinity }

    var text: String {
      func text(_ value: Double) -> String { isShare ? Format.percent(value) : Format.fixed(value, 2) }
      return [atLeast.map { "≥ \(text($0))" }, atMost.map { "≤ \(text($0))" }].compactMap { $0 }.joined(separator: ", ")
    }

    static func delivered(_ least: Double) -> Goal { Goal(what: "delivered", atLeast: least) { $0.delivered } }
    static let noneThrottled = Goal(what: "throttled", atMost: 0) { $0.throttledShare }
    static func fairness(_ least: Double) -> Goal { Goal(what: "Jain's index", atLeast: least, isShare: false) { $0.fairness } }
    static func operations(_ most: Double) -> Goal { Goal(what: "syncs per s", atMost: most, isShare: false) { $0.operations } }
    static func wait(_ quantile: Double, _ most: Double) -> Goal {
      Goal(what: "wait p\(Int(quantile * 100)) in s", atMost: most, isShare: false) { $0.wait(quantile: quantile) }
    }
    static func delivered(_ least: Double, _ seconds: Range<Int>, _ when: String) -> Goal {
      Goal(what: "delivered \(when)", atLeast: least) { $0.delivered(seconds) }
    }
  }

  struct Row: Sendable {
    var name: String
    var scenario: FleetScenario
    var goals: [Goal]
    /// The figures are means over this many seeds.
    var seeds: UInt64 = 1

    func play() -> [FleetTally] {
      (0..<seeds).map { index in FleetRun.play(scenario.with { $0.seed += index }) }
    }
  }

  /// The share of the quota that requests of this workload can use if reservations count for a whole minute:
  /// `60F / (60.25F + E[D(R − F)])`, where F is the mean final cost, R a reservation and D how long it is held, in seconds.
  static let strictBound = 0.964

  static let rows: [Row] = saturated + latencies + demands + sizes + strict + outages + losses

  private static let usual = FleetScenario()

  private static let saturated = [(4, 35.0), (32, 35), (256, 80), (1_000, 250)].map { members, operations in
    Row(
      name: "saturated, \(members) members",
      scenario: usual.with {
        $0.members = members
        $0.seconds = 1_320
      },
      goals: [.delivered(0.99), .noneThrottled, .fairness(0.98), .operations(operations)])
  }

  private static let latencies = [0.001, 0.02, 0.1].map { seconds in
    Row(
      name: "store at \(Format.fixed(seconds * 1_000, 0)) ms, 32 members", scenario: usual.with { $0.storeSeconds = seconds },
      goals: [.delivered(0.99), .noneThrottled])
  }

  private static let demands = [
    Row(
      name: "skewed, 32 members", scenario: usual.with { $0.demand = .skewed(endless: 1) },
      goals: [.delivered(0.99), .noneThrottled, .wait(0.5, 0.4), .wait(0.99, 1.5)]),
    Row(
      name: "Poisson at 80 %, 32 members",
      scenario: usual.with {
        $0.demand = .poisson(load: 0.8)
        $0.seconds = 1_320
      },
      // One process alone: 0.00 and 1.0 s.
      goals: [.noneThrottled, .wait(0.5, 0.05), .wait(0.99, 1.5)]),
    Row(
      name: "urgent beside endless, 32 members",
      scenario: usual.with {
        $0.demand = .urgent(members: 8)
        $0.weights = Array(repeating: 1_400, count: 8)
        $0.horizons = Array(repeating: 500, count: 8) + Array(repeating: 150, count: 24)
      },
      goals: [.delivered(0.99), .noneThrottled, .wait(0.99, 2)]),
    Row(
      name: "urgent in one of 32 members with endless batch work",
      scenario: usual.with {
        $0.demand = .tiers(members: 1, load: 0.05)
        $0.hasFlows = true
        $0.seconds = 1_320
      },
      goals: [.delivered(0.99), .noneThrottled, .fairness(0.98), .wait(0.99, 2), .operations(45)]),
    Row(
      name: "bursts at 90 %, 32 members",
      scenario: usual.with {
        $0.demand = .bursts(load: 0.9)
        $0.seconds = 1_320
      },
      // One process alone: 15 and 60 s. The bursts of one seed may be twice as long as those of another.
      goals: [.noneThrottled, .wait(0.5, 15), .wait(0.99, 75)], seeds: 8),
  ]

  private static let sizes =
    [4, 32, 256].map { members in
      Row(
        name: "100,000 a minute, \(members) members",
        scenario: usual.with {
          $0.members = members
          $0.quota = 100_000
          $0.seconds = 7_200
          $0.warmUp = 600
        },
        goals: [.delivered(0.99), .noneThrottled])
    } + [
      Row(
        name: "967 requests a second, 32 members",
        scenario: usual.with {
          $0.quota = 20_000_000
          $0.requestScale = 0.1
          $0.seconds = 180
          $0.warmUp = 60
        },
        goals: [.delivered(0.99), .noneThrottled, .operations(150)])
    ]

  private static let strict = [Semantics.bucket60, .rolling60, .fixed60].map { semantics in
    Row(
      name: "strict on \(semantics.rawValue), 32 members",
      scenario: usual.with {
        $0.isStrict = true
        $0.semantics = semantics
      },
      goals: [.delivered(0.985 * strictBound), .noneThrottled])
  }

  private static let outages = [4, 32, 256].flatMap { members in
    [(FleetDemand.saturated, "saturated", 0.9), (.skewed(endless: 1), "one heavy member", 0.6)].map { demand, name, least in
      Row(
        name: "store gone 60 s, \(name) of \(members)",
        scenario: usual.with {
          $0.members = members
          $0.demand = demand
          $0.seconds = 480
          $0.faults = [(200, .storeDown), (260, .storeUp)]
        },
        // In a minute only 500 requests are sent, so one seed says little.
        goals: [.noneThrottled, .delivered(least, 207..<260, "meanwhile")], seeds: 8)
    }
  }

  private static let losses = [
    Row(
      name: "8 failovers losing 1 s",
      scenario: usual.with { scenario in
        scenario.seconds = 480
        scenario.faults = (0..<8).map { (150 + 40 * Double($0), .failover(lostSeconds: 1)) }
      }, goals: [.delivered(0.99, 150..<480, "meanwhile"), .noneThrottled]),
    Row(
      name: "8 times FLUSHALL",
      scenario: usual.with { scenario in
        scenario.seconds = 480
        scenario.faults = (0..<8).map { (150 + 40 * Double($0), .flush) }
      }, goals: [.delivered(0.99, 150..<480, "meanwhile"), .noneThrottled]),
  ]

  /// - Parameter names: parts of the names of rows; none: all rows.
  /// - Returns: whether every goal was met.
  static func run(_ names: [String]) async -> Bool {
    let chosen = rows.filter { row in names.isEmpty || names.contains { row.name.contains($0) } }
    var isMet = true
    var lines = [["row", "figure", "goal", "measured", ""]]
    _ = await Trials.map(
      chosen,
      each: { (played: (row: Row, tallies: [FleetTally])) in
        let (row, tallies) = played
        func mean(_ value: (FleetTally) -> Double) -> Double { tallies.reduce(0) { $0 + value($1) } / Double(tallies.count) }
        for goal in row.goals {
          let value = mean(goal.value)
          let ok = goal.isMet(value)
          if !ok { isMet = false }
          lines.append([
            row.name, goal.what, goal.text, goal.isShare ? Format.percent(value) : Format.fixed(value, 2), ok ? "" : "missed",
          ])
        }
        lines.append([
          "", "", "", "",
          "\(Format.percent(mean(\.delivered))), Jain \(Format.fixed(mean(\.fairness), 3)), \(Format.fixed(mean(\.operations), 1)) syncs/s, level \(Format.percent(tallies.map(\.levelMargin).min() ?? .nan)) below the service's",
        ])
        if let violation = tallies.compactMap(\.violation).first {
          isMet = false
          lines.append([row.name, "every rule holds", "", violation, "missed"])
        }
      }
    ) { ($0, $0.play()) }
    print(Format.table(lines, toTheRight: [2, 3]))
    return isMet
  }
}
