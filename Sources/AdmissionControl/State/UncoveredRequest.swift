/// A request that waits for units which no store has granted yet.
package struct UncoveredRequest: Sendable, Equatable {
  package var reserved: Amounts
  package var predicted: Amounts
  /// Its tier in the queue; 0 is the most urgent.
  package var tier: Int

  package init(reserved: Amounts, predicted: Amounts, tier: Int = 0) {
    (self.reserved, self.predicted, self.tier) = (reserved, predicted, tier)
  }
}
