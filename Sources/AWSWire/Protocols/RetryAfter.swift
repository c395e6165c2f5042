package import Foundation
package import HTTPTypes

/// How long a reply asks to wait before another attempt.
///
/// Sources: RFC 9110, 10.2.3; `retry-after-ms` is read by OpenAI's and Anthropic's own clients.
package enum RetryAfter {
  /// Bedrock's quotas are per minute, so that nobody needs to wait longer.
  package static let most = Duration.seconds(60)

  /// - Parameter now: for a reply that names a date.
  /// - Returns: at most `most`; nil if the reply asks for nothing, or for no time.
  package static func delay(_ fields: HTTPFields, now: Date, most: Duration = most) -> Duration? {
    func duration(_ seconds: Double?) -> Duration? {
      guard let seconds, seconds.isFinite, seconds > 0 else { return nil }
      return .seconds(min(seconds, most / .seconds(1)))
    }
    if let milliseconds = number(fields, "retry-after-ms") { return duration(milliseconds / 1_000) }
    guard let text = field(fields, "Retry-After") else { return nil }
    return duration(number(fields, "Retry-After") ?? HTTPDate.parse(text)?.timeIntervalSince(now))
  }

  private static func field(_ fields: HTTPFields, _ name: String) -> String? {
    HTTPField.Name(name).flatMap { fields[$0] }.map { String($0.prefix(64)) }
  }

  private static func number(_ fields: HTTPFields, _ name: String) -> Double? { field(fields, name).flatMap(Double.init) }
}
