import Synchronization

/// How often an operation may be called.
package struct RequestRate: Sendable, Hashable {
  package var perSecond: Int
  package var burst: Int

  package init(perSecond: Int, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
  }
}

/// Keeps our own calls within the rates that a service allows, per Region and operation, so that reading quotas never gets
/// throttled and never starves the account's other tools.
package final class RequestPacer: Sendable {
  private let buckets = Mutex<[String: TokenBucket]>([:])
  private let start = ContinuousClock.now

  package init() {}

  /// Waits until the call may go.
  package func wait(for operation: String, region: String, rate: RequestRate?) async throws {
    guard let rate else { return }
    let elapsed = ContinuousClock.now - start
    let now = elapsed.components.seconds * 1_000_000_000 + elapsed.components.attoseconds / 1_000_000_000
    let nanoseconds = buckets.withLock { buckets in
      buckets["\(region)/\(operation)", default: TokenBucket(perSecond: rate.perSecond, burst: rate.burst)].take(at: now)
    }
    if nanoseconds > 0 { try await Task.sleep(for: .nanoseconds(nanoseconds)) }
  }
}
