package import AdmissionControl
package import BedrockQuotas

/// Limits and weights that change while requests run, for a program that keeps many clients.
extension QuotaAwareClient {
  /// Replaces the weights of all tenants from now on. Nobody loses a place in the queue.
  package func setTenantWeights(_ weights: [UInt32: Double]) {
    limiter.setTenantWeights(weights)
    longContext?.limiter.setTenantWeights(weights)
  }

  /// Enforces the quotas of a later reading from now on. Limits that are not quotas, because none is known, stay as they were learnt.
  /// - Parameter resolution: of the same quotas as ``resolution``.
  package func setLimits(of resolution: Resolution) {
    set(resolution.quotas.map(\.quota), for: resolution.scope, on: limiter, fleet?.ordinary)
    guard let long = longContext?.limiter else { return }
    set(
      resolution.variants.filter { $0.variant == .context1M }.map(\.quota), for: resolution.scope, on: long, fleet?.longContext)
  }

  private func set(_ quotas: [Quota], for scope: QuotaScope, on limiter: Limiter, _ membership: FleetMembership?) {
    func code(_ measure: Measure) -> String { quotas.first { Measure($0.name.measure) == measure }?.code ?? "none" }
    let limits = QuotaLimits.limits(quotas, for: scope).map(options.sharing.part)
    if let membership { return membership.read(limits) }
    let meters = limiter.snapshot.meters
    var seen: Set<Measure> = []
    // What is left of a day isn't known from its limit.
    for limit in limits where limit.measure != .tokensPerDay && seen.insert(limit.measure).inserted {
      guard let meter = meters.first(where: { $0.measure == limit.measure }), meter.limit != limit.value else { continue }
      limiter.setLimit(limit.measure, limit.value)
      options.onLimitChange("\(code(limit.measure)) \(limit.measure.quotaMeasure.rawValue) \(meter.limit) -> \(limit.value)")
      tellOnce("A quota was changed while requests ran; the limit on \(limit.measure.name) is \(limit.value) now.")
    }
  }

  /// The state of the limiter of long prompts; nil if the model has no quotas for them.
  package var longContextSnapshot: Snapshot? { longContext?.limiter.snapshot }

  /// What requests with long prompts hold of their own quotas; nil where there are none.
  package var longContextHoldings: Limiter.Holdings? { longContext?.limiter.holdings }

  /// Whether no request waits and none is in flight.
  package var isIdle: Bool {
    func isIdle(_ snapshot: Snapshot) -> Bool { snapshot.waiting == 0 && snapshot.counts.inFlight == 0 }
    return isIdle(limiter.snapshot) && (longContextSnapshot.map(isIdle) ?? true)
  }
}
