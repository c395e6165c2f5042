import AWSWire
package import Foundation
package import HTTPTypes

/// What a collector answered to an export.
///
/// Source: opentelemetry.io/docs/specs/otlp/#otlphttp-response
package enum OTLPReply: Sendable, Equatable {
  /// Nobody comes back after an hour to hear the same.
  private static let delayMax = Duration.seconds(3_600)

  /// - Parameters:
  ///   - rejected: spans or points that were not taken.
  ///   - message: why, or a warning.
  case accepted(rejected: Int, message: String?)
  /// Another attempt may succeed, after the time that the collector names.
  case away(status: Int, after: Duration?)
  /// Another attempt would fail in the same way.
  case refused(status: Int, message: String?)

  package init(status: Int, headers: HTTPFields, body: Data, now: Date) {
    switch status {
    case 200..<300: self = Self.accepted(body)
    case 429, 502, 503, 504: self = .away(status: status, after: RetryAfter.delay(headers, now: now, most: Self.delayMax))
    default: self = .refused(status: status, message: Self.json(body)?["message"]?.string)
    }
  }

  private static let bodyBytesMax = 64 * 1_024

  /// Nil for a body that isn't JSON: some collectors answer in protobuf to everybody.
  private static func json(_ body: Data) -> JSONValue? { body.count <= bodyBytesMax ? try? JSONValue(body) : nil }

  private static func accepted(_ body: Data) -> OTLPReply {
    let partial = json(body)?["partialSuccess"]
    let count = partial?["rejectedSpans"] ?? partial?["rejectedDataPoints"]
    let rejected = count?.integer ?? count?.string.flatMap { Int($0) } ?? 0
    return .accepted(rejected: max(rejected, 0), message: partial?["errorMessage"]?.string.flatMap { $0.isEmpty ? nil : $0 })
  }
}
