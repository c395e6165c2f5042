import AWSWire
import Foundation
import Tracing

/// The times of an export; tests have their own.
package struct ExportClock: Sendable {
  /// Unix nanoseconds, for what is exported.
  package var unixNanoseconds: @Sendable () -> UInt64
  /// Since any moment; it never goes back.
  package var uptime: @Sendable () -> Duration
  /// Waits for an interval or a retry.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// Waits until something has taken too long.
  package var timeout: @Sendable (Duration) async throws -> Void
  /// From 0 to 1.
  package var jitter: @Sendable () -> Double

  package init(
    unixNanoseconds: @escaping @Sendable () -> UInt64, uptime: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void, timeout: @escaping @Sendable (Duration) async throws -> Void,
    jitter: @escaping @Sendable () -> Double
  ) {
    (self.unixNanoseconds, self.uptime, self.sleep) = (unixNanoseconds, uptime, sleep)
    (self.timeout, self.jitter) = (timeout, jitter)
  }

  package static let system: ExportClock = {
    let start = ContinuousClock.now
    return ExportClock(
      unixNanoseconds: { DefaultTracerClock.now.nanosecondsSinceEpoch }, uptime: { ContinuousClock.now - start },
      sleep: { try await Task.sleep(for: $0) }, timeout: { try await Task.sleep(for: $0) }, jitter: { .random(in: 0...1) })
  }()

  var date: Date { Date(timeIntervalSince1970: Double(unixNanoseconds()) / 1e9) }

  /// The result of a body, or nil if it isn't there in time. A body must end soon after it was cancelled.
  func within<Value: Sendable>(
    _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    try await withTimeLimit(by: { try await timeout(time) }, body)
  }
}
