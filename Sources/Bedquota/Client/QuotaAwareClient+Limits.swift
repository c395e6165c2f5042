import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
import Synchronization

/// Limits that change while requests run.
extension QuotaAwareClient {
  /// At most so often: Service Quotas is asked by others as well.
  private static let limitsReadEvery = Duration.seconds(60)

  /// A quota that was changed while we run shows as throttling first. Where `servicequotas:GetServiceQuota` isn't allowed, the limiter
  /// learns it from that alone.
  func readLimitsAgain() async {
    let isDue = book.withLock { book in
      guard let last = book.limitsReadAt, last.duration(to: .now) * options.timeScale >= Self.limitsReadEvery else {
        return false
      }
      book.limitsReadAt = .now
      return true
    }
    guard isDue else { return }
    let bound = resolution.quotas.map(\.quota).filter { $0.appliedValue != nil && $0.name.scope != .other }
    for quota in bound {
      guard let measure = Measure(quota.name.measure), measure != .tokensPerDay else { continue }
      do {
        let operation = try ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: quota.code)
        guard let read = try await session.client.call(operation).value else { continue }
        let value = Int64(min(max(read, 0), 1e12))
        guard limiter.snapshot.meters.first(where: { $0.measure == measure })?.limit != value else { continue }
        limiter.setLimit(measure, value)
        tellOnce("\(quota.code) was changed while requests ran; it is \(value) now.")
      } catch {
        if (error as? AWSClientError)?.service?.status == 403 { book.withLock { $0.limitsReadAt = nil } }
        return
      }
    }
  }
}
