/// A request that waits for units which no store has granted yet.
package struct UncoveredRequest: Sendable, Equatable {
  package var reserved: Amounts
  package var predicted: Amounts
  /// Its place among ``LimiterConfiguration/tierWeights``.
  package var tier: Int

  package init(reserved: Amounts, predicted: Amounts, tier: Int) {
    self.reserved = reserved
    self.predicted = predicted
    self.tier = tier
  }
}
