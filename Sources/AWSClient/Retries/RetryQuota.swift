import Synchronization

/// Bounds the retries of a whole process, so that an outage is not answered with a storm: 500 tokens, from which a retry
/// takes 14 (transient) or 5 (throttled) and into which success puts back what its last retry took, or 1.
package final class RetryQuota: Sendable {
  package static let capacity = 500
  private let available = Mutex(capacity)

  package init() {}

  /// Takes the price of one retry; nil where too little is left, and then there is no retry.
  package func take(for failure: RetryPolicy.Failure) -> Int? {
    let price = failure == .throttling ? 5 : 14
    return available.withLock { available in
      guard available >= price else { return nil }
      available -= price
      return price
    }
  }

  /// - Parameter taken: what the last retry took; nil where the first attempt succeeded.
  package func succeeded(taken: Int?) {
    available.withLock { $0 = min(Self.capacity, $0 + (taken ?? 1)) }
  }

  package var remaining: Int { available.withLock { $0 } }
}
