import AWSWire
import Foundation

/// A point in time, which JSON spells as `2026-11-29T13:00:00Z`.
package struct Timestamp: Sendable, Equatable, Comparable, Codable {
  /// Since 1970, UTC.
  package var seconds: Int

  package init(seconds: Int) { self.seconds = seconds }

  package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let date = AWSDate.parseBasic(text.filter { $0 != "-" && $0 != ":" }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is no time.")
    }
    seconds = Int(date.timeIntervalSince1970)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(AWSDate.iso8601(seconds))
  }
}
