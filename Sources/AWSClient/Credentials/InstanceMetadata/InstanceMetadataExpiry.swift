import Foundation

/// When keys of an instance are asked for again.
///
/// In an outage the service hands out keys that have ended or are about to, and AWS accepts them on. Source: botocore 1.44.8,
/// `utils.py`, `_evaluate_expiration`.
enum InstanceMetadataExpiry {
  /// Keys that end within this time are about to be renewed, in seconds.
  private static let window = 900.0
  /// Added at random, so that instances don't all ask at once, in seconds.
  private static let jitter = 120.0...600.0

  /// The time until which keys are used.
  /// - Parameter jitter: a random number from 0 to 1.
  static func extended(_ end: Date, now: Date, jitter: Double) -> Date {
    let span = window + Self.jitter.lowerBound + jitter * (Self.jitter.upperBound - Self.jitter.lowerBound)
    return end.timeIntervalSince(now) <= span ? now.addingTimeInterval(span) : end
  }
}
