import AdmissionSimulation

/// A scenario that follows from a seed: any fleet, demand, store and service, and up to six faults.
package struct FleetSeedPlan: Sendable {
  package let scenario: FleetScenario
  package let summary: String

  /// Demand ends after this many seconds.
  private static let seconds = 300.0
  private static let tail = 400.0

  /// - Parameter hasFlows: whether requests are of all tiers, each with a ticket of its own.
  package init(seed: UInt64, hasFlows: Bool = false) {
    var random = Random(seed: seed)
    var scenario = FleetScenario()
    scenario.seed = seed
    scenario.members = Int(random.logWithin(2...48))
    // The bookings of three tiers lie ahead of a service that is full. Where one request is several percent of the quota, they may be
    // more than the twentieth that a store keeps free: of 200 courses from 200,000 on, two had 0.1 and 0.3 % more than the service.
    scenario.quota = Int64(random.logWithin((hasFlows ? 500_000 : 200_000)...10_000_000))
    scenario.requestScale = scenario.quota > 3_000_000 ? 0.3 : 1
    scenario.storeSeconds = random.logWithin(0.0005...0.1)
    scenario.isStrict = random.chance(0.3)
    if scenario.isStrict { scenario.semantics = random.pick([.bucket60, .rolling60, .fixed60]) }
    scenario.demand = random.pick([
      .saturated, .skewed(endless: 1), .poisson(load: random.within(0.3...0.95)), .bursts(load: random.within(0.3...0.9)),
    ])
    scenario.seconds = Self.seconds
    scenario.warmUp = 60
    scenario.tail = Self.tail
    scenario.learnsLimits = random.chance(0.5)
    var names: [String] = []
    var lostSeconds = 0.0
    var at = 40.0
    for _ in 0..<random.below(7) {
      at += random.within(1...40)
      let fault = Self.fault(scenario, &random)
      scenario.faults += fault.faults.map { (at + $0.after, $0.fault) }
      lostSeconds += fault.seconds
      names.append(fault.name)
    }
    // A store that goes away during another outage would come back with that one.
    scenario.faults += [(Self.seconds, .storeUp), (Self.seconds, .mend)]
    scenario.faults.sort { $0.at < $1.at }
    (scenario.hasFlows, scenario.mixesTiers) = (hasFlows, hasFlows)
    // Batch work may wait for long behind other tiers, but not for ever.
    scenario.starvationSeconds = (hasFlows ? 5 : 1) * Self.patience(scenario) + lostSeconds
    self.scenario = scenario
    summary =
      "\(scenario.members) members, \(scenario.quota) tokens a minute, \(scenario.demand), "
      + "\(scenario.isStrict ? "strict, " : "")\(scenario.semantics.rawValue)\(names.isEmpty ? "" : ", " + names.joined(separator: ", "))"
  }

  /// How long a member may wait when all others and some large requests go first.
  private static func patience(_ scenario: FleetScenario) -> Double {
    let round = Double(scenario.members) * FleetRequest.meanFinal * scenario.requestScale / scenario.rate
    let largest = 62_000 * scenario.requestScale / scenario.rate
    return 30 + 4 * round + 8 * largest + (scenario.isStrict ? 130 : 0)
  }

  private struct Trouble {
    var name: String
    var faults: [(after: Double, fault: FleetFault)]
    /// How much longer requests may wait.
    var seconds: Double
  }

  private static func fault(_ scenario: FleetScenario, _ random: inout Random) -> Trouble {
    let first = random.below(scenario.members)
    let places = first..<min(scenario.members, first + 1 + random.below(max(1, scenario.members / 2)))
    let length = random.logWithin(1...60)
    func trouble(_ name: String, _ faults: [(Double, FleetFault)], _ seconds: Double = 0) -> Trouble {
      Trouble(name: name, faults: faults.map { (after: $0.0, fault: $0.1) }, seconds: seconds)
    }
    // A strict fleet can't bear that its store loses the window, or has a wrong clock.
    switch random.below(scenario.isStrict ? 6 : 9) {
    case 0: return trouble("crash", [(0, .crash(places)), (random.within(1...20), .join(places))], 20)
    case 1: return trouble("pause", [(0, .pause(places, seconds: length))], length + 60)
    case 2: return trouble("leave", [(0, .leave(places)), (random.within(5...20), .join(places))], 20)
    case 3: return trouble("store gone \(Int(length)) s", [(0, .storeDown), (length, .storeUp)], 3 * length + 120)
    case 4: return trouble("cut \(Int(length)) s", [(0, .cut(places)), (length, .mend)], 3 * length + 120)
    case 5: return trouble("deaf \(Int(length)) s", [(0, .deafen(places)), (length, .mend)], 3 * length + 120)
    case 6: return trouble("failover", [(0, .failover(lostSeconds: 1))])
    case 7: return trouble("flush", [(0, .flush)], 10)
    default: return trouble("clock", [(0, .clock(seconds: random.within(-10...10)))], 10)
    }
  }
}
