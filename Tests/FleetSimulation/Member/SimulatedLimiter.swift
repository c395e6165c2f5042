import AdmissionControl
import FleetStore

/// The limiter of a simulated process: the state machine of the real one, and the leases in flight.
struct SimulatedLimiter: FleetLimiter {
  var state: AdmissionState
  /// By request.
  private(set) var leases: [Int: Lease] = [:]
  var now: Int64 = 0

  init(quota: Int64, at now: Int64) {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, quota)])
    configuration.isPrepaid = true
    configuration.queueWaitMax = .seconds(1_000_000)
    configuration.retriesPerAdmission = 1
    configuration.retriesPerSecond = 10
    state = AdmissionState(configuration, at: now)
    self.now = now
  }

  mutating func admitted(_ lease: Lease, request: Int) { leases[request] = lease }

  mutating func settle(_ request: Int, _ outcome: Outcome, at now: Int64) {
    guard let lease = leases.removeValue(forKey: request) else { return }
    state.settle(lease, outcome, at: now)
  }

  func admittedAt(_ request: Int) -> Int64? { leases[request]?.admittedAt }

  func debt(_ measure: Measure) -> PrepaidDebt? { state.owed(measure, at: now) }
  var demand: (waiting: Int, inFlight: Int) { state.demand }
  var waitingTiers: TierSet { state.waitingTiers }
  func uncovered(_ count: Int) -> [UncoveredRequest] { state.uncovered(count, at: now) }
  func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? {
    leases.values.map { ($0.admittedAt, $0.reserved.of(measure)) }
  }
}
