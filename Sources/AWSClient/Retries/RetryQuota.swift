import Synchronization

/// Limits the retries of a whole process, so that an outage doesn't cause a storm of them: a bucket of 500 tokens. A retry takes
/// 14 tokens after a transient failure and 5 after throttling; a success returns the tokens of its last retry, or 1.
///
/// Source: the standard mode of the AWS SDKs with `AWS_NEW_RETRIES_2026` (aws-sdk-java-v2 6987, aws-cli 10342).
package final class RetryQuota: Sendable {
  package static let capacity = 500
  private let available = Mutex(capacity)

  package init() {}

  /// Takes the tokens of one retry and returns their number; nil if too few are left for a retry.
  package func take(for failure: RetryPolicy.Failure) -> Int? {
    let price = failure == .throttling ? 5 : 14
    return available.withLock { available in
      guard available >= price else { return nil }
      available -= price
      return price
    }
  }

  /// Returns tokens after a success.
  /// - Parameter taken: the tokens that the last retry took; nil if the first attempt succeeded.
  package func succeeded(taken: Int?) {
    available.withLock { $0 = min(Self.capacity, $0 + (taken ?? 1)) }
  }

  package var remaining: Int { available.withLock { $0 } }
}
