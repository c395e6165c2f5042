import AWSWire

/// Which failures are retried, and after which delay: the AWS SDKs' standard mode of 2026, as a value.
///
/// Constants: 3 attempts; base 50 ms, or 1 s when throttled; doubling up to 20 s; full jitter.
/// Source: the announcement of `AWS_NEW_RETRIES_2026` and its pull requests in the SDKs (botocore 3678, aws-cli 10342).
package struct RetryPolicy: Sendable, Equatable {
  /// The kinds of failure that retries distinguish.
  package enum Failure: Sendable, Equatable {
    /// A failure of the server or the network that may be over by the next attempt.
    case transient
    /// Too many requests; the service needs some time before it accepts more.
    case throttling
    /// A retry would fail in the same way.
    case permanent
  }

  package var maxAttempts = 3
  /// The longest delay of our own, in seconds.
  static let delayMax = 20.0
  /// The most by which the server's `x-amz-retry-after` may exceed our own delay, in seconds.
  static let serverExtraMax = 5.0

  package init(maxAttempts: Int = 3) { self.maxAttempts = maxAttempts }

  /// The delay before the next attempt, in seconds.
  /// - Parameters:
  ///   - attempt: the number of failed attempts, at least 1.
  ///   - jitter: a random number from 0 to 1.
  ///   - retryAfter: the reply's `x-amz-retry-after`, in milliseconds; ignored if it is not a positive number.
  package func delay(after attempt: Int, failure: Failure, jitter: Double, retryAfter: String? = nil) -> Double {
    let base = failure == .throttling ? 1.0 : 0.05
    // A bounded exponent and floating point: no number of attempts can overflow.
    let exponent = Double(min(max(attempt, 1), 32) - 1)
    let own = min(max(jitter, 0), 1) * min(base * exp2(exponent), Self.delayMax)
    guard let retryAfter, let milliseconds = Double(retryAfter.prefix(32)), milliseconds.isFinite, milliseconds >= 0 else {
      return own
    }
    return min(max(milliseconds / 1_000, own), own + Self.serverExtraMax)
  }

  private func exp2(_ exponent: Double) -> Double { Double(sign: .plus, exponent: Int(exponent), significand: 1) }

  /// The kind of an error.
  package static func classify(_ error: any Error) -> Failure {
    guard let error = error as? AWSClientError else { return .permanent }
    guard let service = error.service else {
      return error.code == .transport || error.code == .timeout ? .transient : .permanent
    }
    if throttlingCodes.contains(service.code) || service.status == 429 { return .throttling }
    if transientCodes.contains(service.code) || isTransient(status: service.status) { return .transient }
    return .permanent
  }

  /// Whether a status means that the service may answer in a while.
  static func isTransient(status: Int) -> Bool { [408, 500, 502, 503, 504].contains(status) }

  /// Source: botocore 1.43.11, `retries/standard.py`. The status 408 is ours: ListServiceQuotas returns it.
  private static let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
    "EC2ThrottledException",
  ]
  private static let transientCodes: Set<String> = ["RequestTimeout", "RequestTimeoutException", "InternalError"]
}
