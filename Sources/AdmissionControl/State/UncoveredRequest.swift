/// A request that waits for units which no store has granted yet.
package struct UncoveredRequest: Sendable, Equatable {
  package var reserved: Amounts
  package var predicted: Amounts

  package init(reserved: Amounts, predicted: Amounts) { (self.reserved, self.predicted) = (reserved, predicted) }
}
