/// Units of one meter: what requests reserve, and what they are predicted to cost.
package struct FleetAmount: Sendable, Equatable {
  /// Units that count for safety.
  package var reserved: Int64
  /// Units that count for pacing; 0 for limits that aren't per minute.
  package var predicted: Int64

  package init(reserved: Int64, predicted: Int64) {
    self.reserved = reserved
    self.predicted = predicted
  }

  package static let zero = FleetAmount(reserved: 0, predicted: 0)
}
