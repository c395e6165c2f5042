import AdmissionControl
import AdmissionSimulation

/// One account and Region: what Bedrock enforces and caches there, and our limiter for it.
struct SimulatedScope: Sendable {
  var server: ServerModel
  var cache: PromptCache
  var limiter: AdmissionState
  /// The requests that wait in the limiter.
  var owners: [WaiterID: Int] = [:]
  /// Admitted by the limiter, and not settled.
  var leases = 0
  /// When the limiter's next timer fires.
  var wake: Int64?
  let quota: Int64
  private let limits: [Limit]

  init(_ scenario: RoutingScenario, _ index: Int) {
    limits = scenario.scopes[index]
    quota = scenario.quota(of: index)
    let untold = scenario.untoldPerDay[index].map { [Limit(.tokensPerDay, $0)] } ?? []
    server = ServerModel(.bucket60, limits: limits + untold, seed: scenario.seed &+ UInt64(index))
    cache = PromptCache(lifetime: Int64(scenario.cacheSeconds * 1e9), tokensMin: scenario.cachedMin)
    var configuration = LimiterConfiguration(limits: limits)
    configuration.tenantWeights = scenario.tenantWeights
    limiter = AdmissionState(configuration, at: 0)
  }

  /// What a router sees.
  var view: ScopeView {
    let meter = limiter.snapshot().meters.first
    return ScopeView(
      quota: quota, waiting: owners.count, free: Double(meter?.available ?? 0) / Double(max(quota, 1)))
  }

  /// Asks a copy of the limiter when a request could go; it refuses, and says in what time it could.
  func eta(_ request: Request, at now: Int64) -> Int64 {
    var asked = request
    asked.deadline = now
    asked.isRetry = false
    var copy = limiter
    guard case .refused(let refusal) = copy.arrive(asked, at: now) else { return 0 }
    guard let eta = refusal.eta else { return .max / 4 }
    return Int64(eta / .nanoseconds(1))
  }

  mutating func setQuota(factor: Double, at now: Int64) {
    for limit in limits where limit.measure != .tokensPerDay {
      server.setQuota(limit.measure, max(1, Int64(Double(limit.value) * factor)), at: now)
    }
  }
}
