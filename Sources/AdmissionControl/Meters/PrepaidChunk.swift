/// One grant of a store for one measure: units that requests may reserve, and units that they are predicted to cost.
package struct PrepaidChunk: Sendable, Equatable {
  /// Units that requests may reserve.
  package var reserved: Int64
  /// Units that these requests are predicted to cost, for the pacer.
  package var predicted: Int64
  /// Nanoseconds of the limiter's clock.
  package var startsAt: Int64
  /// Nanoseconds of the limiter's clock. Units left at that time go back to the store.
  package var expiresAt: Int64

  package init(reserved: Int64, predicted: Int64, startsAt: Int64, expiresAt: Int64) {
    self.reserved = reserved
    self.predicted = predicted
    self.startsAt = startsAt
    self.expiresAt = expiresAt
  }

  func chunk(_ units: Int64) -> PrepaidChunks.Chunk {
    PrepaidChunks.Chunk(
      micros: min(max(units, 0), Amounts.tokensMax) * Meter.micro, startsAt: startsAt, expiresAt: expiresAt)
  }
}
