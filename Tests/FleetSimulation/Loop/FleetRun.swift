import AdmissionControl
import AdmissionSimulation
import FleetStore
import HeapModule

/// Plays a scenario in virtual time: real limiters and members as state machines, the store's arithmetic, and a model of the
/// service, with a network between them.
package struct FleetRun {
  static let second: Int64 = 1_000_000_000
  /// The mean time to the service, one way, in seconds.
  static let serviceSeconds = 0.02

  let scenario: FleetScenario
  var random: Random
  var server: ServerModel
  var store: SimulatedStore
  /// The scope's item in a table.
  var item: DynamoAttributes?
  var processes: [SimulatedProcess] = []
  var events = Heap<FleetEvent>()
  var planned = 0
  var now: Int64 = 0
  /// Every request that was ever made, by index.
  var requests: [FleetRequest] = []
  /// The process of each request.
  var owners: [(place: Int, generation: Int)] = []
  var tickets: [Int: ServerModel.Ticket] = [:]
  /// Places that don't reach the store, and that don't get its answers.
  var cut: Set<Int> = []
  var deaf: Set<Int> = []
  var foreignShare = 0.0
  var isForeignPlanned = false
  /// The quota that the service has now, in tokens per minute.
  var quota: Int64
  var tally = FleetTally()
  var offered: [Double]
  var watch: FleetWatch

  package static func play(_ scenario: FleetScenario) -> FleetTally {
    var run = FleetRun(scenario)
    run.play()
    return run.result()
  }

  init(_ scenario: FleetScenario) {
    self.scenario = scenario
    random = Random(seed: scenario.seed)
    server = ServerModel(
      scenario.semantics, limits: [Limit(.tokensPerMinute, scenario.quota)], seed: scenario.seed &* 7 &+ 1)
    let failsOver = scenario.faults.contains { if case .failover = $0.fault { true } else { false } }
    store = SimulatedStore(copies: failsOver)
    quota = scenario.quota
    offered = Array(repeating: 0, count: scenario.members)
    watch = FleetWatch(scenario)
    tally.byMember = Array(repeating: 0, count: scenario.members)
    let length = Int(scenario.seconds + scenario.tail) + 2
    tally.deliveredBySecond = Array(repeating: 0, count: length)
    tally.throttledBySecond = Array(repeating: 0, count: length)
    tally.syncsBySecond = Array(repeating: 0, count: length)
    tally.rate = scenario.rate
  }

  mutating func plan(_ kind: FleetEvent.Kind, at time: Int64) {
    planned += 1
    events.insert(FleetEvent(at: max(time, now), order: planned, kind: kind))
  }

  mutating func plan(_ kind: FleetEvent.Kind, in seconds: Double) { plan(kind, at: now + Int64(seconds * 1e9)) }

  var isOpen: Bool { now < Int64(scenario.seconds * 1e9) }
  var isMeasured: Bool { isOpen && now >= Int64(scenario.warmUp * 1e9) }

  private mutating func play() {
    for place in 0..<scenario.members {
      processes.append(
        SimulatedProcess(scenario, place: place, generation: 0, dice: random.split(), at: 0))
      setClock(place)
      plan(.start(place: place), in: random.unit() * (scenario.members < 100 ? 0.2 : 1))
      let rate = scenario.arrivalRate(place)
      if rate > 0 { plan(.arrival(place: place), in: random.exponential(mean: 1 / rate)) }
    }
    for (index, fault) in scenario.faults.enumerated() { plan(.fault(index), in: fault.at) }
    plan(.close, in: scenario.seconds)
    let end = Int64((scenario.seconds + scenario.tail) * 1e9)
    while let event = events.popMin(), event.at <= end, watch.violation == nil {
      now = event.at
      handle(event)
    }
    if scenario.tail > 0, watch.violation == nil { checkEnd() }
  }

  private mutating func handle(_ event: FleetEvent) {
    switch event.kind {
    case .start(let place): start(place)
    case .arrival(let place): arrive(place)
    case .wake(let place, let generation): wake(place, generation, event.at)
    case .reachServer(let request): reachServer(request)
    case .finish(let request): finish(request)
    case .reply(let request, let isThrottled): reply(request, isThrottled: isThrottled, event)
    case .reachStore(let message): reachStore(message)
    case .storeReply(let message, let reply): storeReply(message, reply, event)
    case .storeTimeout(let message): storeTimeout(message, event)
    case .reachTable(let message, let update): reachTable(message, update)
    case .tableReply(let message, let outcome, let isRead): tableReply(message, outcome, isRead: isRead, event)
    case .fault(let index): begin(scenario.faults[index].fault)
    case .foreign: useForeign()
    case .close: close()
    case .discover(let place, let quota, let at): discover(place, quota: quota, at: at)
    }
  }

  private func result() -> FleetTally {
    var tally = tally
    let measured = scenario.seconds - scenario.warmUp
    tally.delivered = tally.byMember.reduce(0, +) / (scenario.rate * measured)
    tally.operations = Double(tally.syncsBySecond.reduce(0, +)) / (Double(now) / 1e9)
    tally.writes /= Double(now) / 1e9
    tally.reads /= Double(now) / 1e9
    tally.waits.sort()
    tally.fairness = Self.jain(fairShares(tally, measured))
    tally.levelMargin = watch.levelMargin / Double(scenario.quota)
    tally.violation = watch.violation
    return tally
  }

  /// What each member got of what it should get.
  private func fairShares(_ tally: FleetTally, _ seconds: Double) -> [Double] {
    let endless = (0..<scenario.members).filter(scenario.isEndless)
    let weights = endless.map { $0 < scenario.weights.count ? Double(scenario.weights[$0]) : 100 }
    let weight = weights.reduce(0, +)
    let rest = scenario.rate * seconds - offered.reduce(0, +)
    return (0..<scenario.members).compactMap { place in
      if let index = endless.firstIndex(of: place) {
        return tally.byMember[place] / (rest * weights[index] / weight + offered[place])
      }
      return offered[place] > 0 ? tally.byMember[place] / offered[place] : nil
    }
  }

  /// Jain, Chiu and Hawe, "A Quantitative Measure of Fairness", 1984: `(Σx)² / (n · Σx²)`.
  private static func jain(_ values: [Double]) -> Double {
    let sum = values.reduce(0, +)
    let squares = values.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / (Double(values.count) * squares) : 0
  }
}
