import AdmissionControl
import AdmissionSimulation
import HeapModule

/// Plays a routing policy against scopes in virtual time.
package struct RoutingSimulation: Sendable {
  let scenario: RoutingScenario
  var policy: any RoutePolicy
  var scopes: [SimulatedScope]
  var exchanges: [Exchange] = []
  var tally: RoutingTally
  /// Final costs of all requests of the run, for the check that nothing is lost.
  var (costs, settledCosts): (Int64, Int64) = (0, 0)
  var now: Int64 = 0
  var luck: Random
  var health: [Health]
  /// Scopes whose limiter may have something to say, in the order of their numbers, so that a seed means one run.
  var stirred: [Bool]
  var jobs: UInt64 = 0
  /// The first rule that was broken.
  package var violation: String?
  private var events = Heap<RouteEvent>()
  private var planned: UInt64 = 0
  let jobsPerSecond: Double

  struct Health: Sendable {
    var isUnavailable = false
    var isDenied = false
  }

  package init(_ scenario: RoutingScenario, policy: any RoutePolicy) {
    self.scenario = scenario
    self.policy = policy
    scopes = scenario.scopes.indices.map { SimulatedScope(scenario, $0) }
    health = scopes.map { _ in Health() }
    stirred = scopes.map { _ in false }
    tally = RoutingTally(scopes: scopes.count, tenants: scenario.workload.tenantShares.count)
    luck = Random(seed: scenario.seed ^ 0x5157)
    if case .open(let load) = scenario.workload.arrivals {
      jobsPerSecond = load * Double(scenario.quotaSum) / 60 / scenario.workload.meanCost()
    } else {
      jobsPerSecond = 0
    }
  }

  mutating func plan(_ kind: RouteEvent.Kind, at time: Int64) {
    planned += 1
    events.insert(RouteEvent(time: time, order: planned, kind: kind))
  }

  var isMeasured: Bool { scenario.measured.contains(now) }

  mutating func fail(_ message: String) {
    if violation == nil { violation = "\(message) at \(Double(now / 1_000_000) / 1e3) s" }
  }

  package mutating func run() -> RoutingTally {
    planArrivals()
    for (index, fault) in scenario.faults.enumerated() {
      plan(.fault(index, begins: true), at: fault.during.lowerBound)
      plan(.fault(index, begins: false), at: fault.during.upperBound)
    }
    var startSupply = 0.0
    var (isStarted, isEnded) = (false, false)
    while let event = events.popMin() {
      if !isStarted, event.time >= scenario.measured.lowerBound {
        (startSupply, isStarted) = (supplied(by: scenario.measured.lowerBound), true)
      }
      if !isEnded, event.time >= scenario.measured.upperBound {
        (tally.supplied, isEnded) = (supplied(by: scenario.measured.upperBound) - startSupply, true)
      }
      if event.time >= scenario.end, !scenario.isServedOut { break }
      now = event.time
      handle(event.kind)
      settleDown()
      if violation != nil { break }
    }
    countWaiting()
    if scenario.isServedOut { checkEnd() }
    return tally
  }

  private mutating func supplied(by time: Int64) -> Double {
    scopes.indices.reduce(0) { $0 + scopes[$1].server.supplied(.tokensPerMinute, by: time) }
  }

  private mutating func handle(_ kind: RouteEvent.Kind) {
    switch kind {
    case .opens: open()
    case .begins(let user): begin(user: user)
    case .turn(let id): turn(after: id)
    case .step(let id, let index, let plan): step(id, index, plan)
    case .reach(let id): reach(id)
    case .finish(let id): finish(id)
    case .reply(let id): end(id)
    case .wake(let scope):
      guard scopes[scope].wake == now else { return }
      scopes[scope].wake = nil
      stirred[scope] = true
    case .fault(let index, let begins): apply(scenario.faults[index], begins: begins)
    }
  }

  private mutating func apply(_ fault: RoutingScenario.Fault, begins: Bool) {
    switch fault.kind {
    case .unavailable: health[fault.scope].isUnavailable = begins
    case .denied: health[fault.scope].isDenied = begins
    case .quota(let factor): scopes[fault.scope].setQuota(factor: begins ? factor : 1, at: now)
    }
  }

  private mutating func countWaiting() {
    for exchange in exchanges where exchange.phase == .waiting && exchange.arrivedAt >= scenario.measured.lowerBound {
      tally.waits.append(Float(Double(max(0, scenario.end - exchange.arrivedAt)) / 1e9))
    }
  }
}
