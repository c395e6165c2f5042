import AWSWire

/// When a failed attempt is tried again, and after how long: the AWS SDKs' standard mode of 2026, as a value.
///
/// Constants: 3 attempts; base 50 ms, or 1 s when throttled; doubling up to 20 s; full jitter.
/// Source: the announcement of `AWS_NEW_RETRIES_2026` and its pull requests in the SDKs (botocore 3678, aws-cli 10342).
package struct RetryPolicy: Sendable, Equatable {
  /// Why an attempt failed, as far as retrying goes.
  package enum Failure: Sendable, Equatable {
    /// The server's trouble or the network's: it may pass at once.
    case transient
    /// Too many requests: it takes time to pass.
    case throttling
    /// Trying again would end the same way.
    case permanent
  }

  package var maxAttempts = 3
  package static let delayMax = 20.0
  /// What a server's `x-amz-retry-after` may add to our own delay.
  package static let serverExtraMax = 5.0

  package init(maxAttempts: Int = 3) { self.maxAttempts = maxAttempts }

  /// The seconds to wait before the next attempt.
  /// - Parameters:
  ///   - attempt: how many attempts have failed, from 1.
  ///   - jitter: a random number from 0 to 1.
  ///   - retryAfter: the reply's `x-amz-retry-after` as it came: milliseconds, or whatever a hostile server writes.
  package func delay(after attempt: Int, failure: Failure, jitter: Double, retryAfter: String? = nil) -> Double {
    let base = failure == .throttling ? 1.0 : 0.05
    // The exponent is bounded before it is used, and all is Double until the end: no attempt count can overflow.
    let exponent = Double(min(max(attempt, 1), 32) - 1)
    let own = min(max(jitter, 0), 1) * min(base * exp2(exponent), Self.delayMax)
    guard let retryAfter, let milliseconds = Double(retryAfter.prefix(32)), milliseconds.isFinite, milliseconds >= 0 else {
      return own
    }
    return min(max(milliseconds / 1_000, own), own + Self.serverExtraMax)
  }

  private func exp2(_ exponent: Double) -> Double { Double(sign: .plus, exponent: Int(exponent), significand: 1) }

  /// Sorts an error of ours into one of the three.
  package static func classify(_ error: any Error) -> Failure {
    guard let error = error as? AWSClientError else { return .permanent }
    guard let service = error.service else {
      return error.code == .transport || error.code == .timeout ? .transient : .permanent
    }
    if throttlingCodes.contains(service.code) || service.status == 429 { return .throttling }
    if transientCodes.contains(service.code) || [408, 500, 502, 503, 504].contains(service.status) { return .transient }
    return .permanent
  }

  /// botocore 1.43.11, `retries/standard.py`; 408 is ours, for ListServiceQuotas has been seen to answer it.
  private static let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
    "EC2ThrottledException",
  ]
  private static let transientCodes: Set<String> = ["RequestTimeout", "RequestTimeoutException", "InternalError"]
}
