package import AWSWire
import Synchronization

/// Keeps calls within the rates that AWS allows per Region and operation, so that they are not throttled and don't use up the
/// rate for the account's other tools.
package final class RequestPacer: Sendable {
  private let buckets = Mutex<[String: TokenBucket]>([:])

  package init() {}

  /// The time to wait before a call. The call is counted, so it must be made.
  /// - Parameter uptime: the time of a clock that never jumps.
  package func delay(for operation: String, region: String, rate: RequestRate?, at uptime: Duration) -> Duration {
    guard let rate else { return .zero }
    let now = uptime.components.seconds * 1_000_000_000 + uptime.components.attoseconds / 1_000_000_000
    let nanoseconds = buckets.withLock { buckets in
      buckets["\(region)/\(operation)", default: TokenBucket(perSecond: rate.perSecond, burst: rate.burst)].take(at: now)
    }
    return .nanoseconds(nanoseconds)
  }
}
