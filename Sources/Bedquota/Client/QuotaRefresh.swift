/// Decides when quotas are read again while requests run.
///
/// A changed quota first shows as throttling, so a throttled request triggers a new reading, at most once per interval.
struct QuotaRefresh: Sendable {
  /// The least time between two readings, on the service's clock: other programs call Service Quotas as well.
  private static let interval = Duration.seconds(60)

  /// nil once AWS has denied a reading, so that it isn't tried again.
  private var lastReadAt: Duration?

  /// The quotas were read when the client was made.
  init(at now: Duration) { lastReadAt = now }

  /// - Parameter timeScale: seconds that pass in the service in one real second.
  /// - Returns: whether to read them now.
  mutating func throttled(at now: Duration, timeScale: Double) -> Bool {
    guard let last = lastReadAt, (now - last) * timeScale >= Self.interval else { return false }
    lastReadAt = now
    return true
  }

  /// Ends the readings, because AWS denies `servicequotas:GetServiceQuota`.
  mutating func denied() { lastReadAt = nil }
}
