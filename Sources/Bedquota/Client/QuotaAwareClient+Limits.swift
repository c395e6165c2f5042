import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
import Synchronization

/// Limits that change while requests run.
extension QuotaAwareClient {
  /// The limits with the values that the limiter enforces now.
  var limitsNow: [Limit] {
    let meters = limiter.snapshot.meters
    return limits.map { limit in
      Limit(limit.measure, meters.first { $0.measure == limit.measure }?.limit ?? limit.value)
    }
  }

  /// Reads the account's quotas again and enforces changed values. If AWS denies `servicequotas:GetServiceQuota`, the limiter
  /// learns of a changed quota only from throttled requests.
  func readQuotasAgain() async {
    let bound = resolution.quotas.map(\.quota).filter { $0.appliedValue != nil && $0.name.scope != .other }
    for quota in bound {
      guard let measure = Measure(quota.name.measure), measure != .tokensPerDay else { continue }
      do {
        let operation = try ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: quota.code)
        var now = quota
        now.appliedValue = try await session.client.call(operation).value
        guard now.appliedValue != nil, let effective = now.value(for: resolution.scope) else { continue }
        let value = options.sharing.part(of: QuotaLimits.limit(effective))
        if let membership = fleet?.ordinary {
          membership.read([Limit(measure, value)])
          continue
        }
        let before = limiter.snapshot.meters.first { $0.measure == measure }?.limit
        guard before != value else { continue }
        limiter.setLimit(measure, value)
        options.onLimitChange(
          "\(quota.code) \(measure.quotaMeasure.rawValue) \(before.map(String.init) ?? "unknown") -> \(value)")
        tellOnce("\(quota.code) was changed while requests ran; it is \(value) now.")
      } catch {
        if (error as? AWSClientError)?.isDenied == true { book.withLock { $0.refresh.denied() } }
        return
      }
    }
  }
}
