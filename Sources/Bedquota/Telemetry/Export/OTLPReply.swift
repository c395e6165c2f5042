import AWSWire
package import Foundation

/// What a collector answered to an export.
///
/// Source: opentelemetry.io/docs/specs/otlp/#otlphttp-response
package enum OTLPReply: Sendable, Equatable {
  package typealias Headers = [(name: String, value: String)]

  /// - Parameters:
  ///   - rejected: spans or points that were not taken.
  ///   - message: why, or a warning.
  case accepted(rejected: Int, message: String?)
  /// Another attempt may succeed, after the time that the collector names.
  case away(status: Int, after: Duration?)
  /// Another attempt would fail in the same way.
  case refused(status: Int, message: String?)

  package init(status: Int, headers: Headers, body: Data, now: Date) {
    switch status {
    case 200..<300: self = Self.accepted(body)
    case 429, 502, 503, 504: self = .away(status: status, after: Self.delay(headers, now))
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

  /// Seconds or a date (RFC 9110, 10.2.3).
  private static func delay(_ headers: Headers, _ now: Date) -> Duration? {
    guard let text = headers.first(where: { $0.name.lowercased() == "retry-after" })?.value.prefix(64) else { return nil }
    let seconds = Double(text) ?? HTTPDate.parse(String(text))?.timeIntervalSince(now)
    guard let seconds, seconds.isFinite, seconds > 0 else { return nil }
    // Nobody comes back after an hour to hear the same.
    return .seconds(min(seconds, 3_600))
  }
}
