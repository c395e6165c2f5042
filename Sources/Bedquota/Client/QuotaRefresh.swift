/// When quotas are read again while requests run.
///
/// A quota that was changed shows as throttling first; so a throttled request is the sign to read them, once in a while.
struct QuotaRefresh: Sendable {
  /// The service's seconds between two readings: others call Service Quotas as well.
  private static let interval = Duration.seconds(60)

  /// nil: the account may not read them, so it isn't tried again.
  private var lastReadAt: Duration?

  /// The quotas were read when the client was made.
  init(at now: Duration) { lastReadAt = now }

  /// - Parameter timeScale: seconds of the service in one of ours.
  /// - Returns: whether to read them now.
  mutating func throttled(at now: Duration, timeScale: Double) -> Bool {
    guard let last = lastReadAt, (now - last) * timeScale >= Self.interval else { return false }
    lastReadAt = now
    return true
  }

  /// `servicequotas:GetServiceQuota` is not allowed.
  mutating func denied() { lastReadAt = nil }
}
