import AWSWire

/// A point in time, which JSON spells as `2026-11-29T13:00:00Z`.
package struct Timestamp: Sendable, Equatable, Encodable {
  /// Since 1970, UTC.
  package var seconds: Int

  package init(seconds: Int) { self.seconds = seconds }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(AWSDate.iso8601(seconds))
  }
}
