package import AWSWire
import Synchronization

/// Keeps our own calls within the rates that a service allows, per Region and operation, so that reading quotas never gets
/// throttled and never starves the account's other tools.
package final class RequestPacer: Sendable {
  private let buckets = Mutex<[String: TokenBucket]>([:])

  package init() {}

  /// How long a call must wait before it may go; it counts as made.
  /// - Parameter uptime: a clock that never jumps.
  package func delay(for operation: String, region: String, rate: RequestRate?, at uptime: Duration) -> Duration {
    guard let rate else { return .zero }
    let now = uptime.components.seconds * 1_000_000_000 + uptime.components.attoseconds / 1_000_000_000
    let nanoseconds = buckets.withLock { buckets in
      buckets["\(region)/\(operation)", default: TokenBucket(perSecond: rate.perSecond, burst: rate.burst)].take(at: now)
    }
    return .nanoseconds(nanoseconds)
  }
}
