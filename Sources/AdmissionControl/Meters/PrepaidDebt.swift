/// What a process owes a store for one measure, in micro-units since its start. See ``PrepaidChunks/owed``.
package struct PrepaidDebt: Sendable, Equatable {
  /// Reservations of requests in flight, final costs of those that ended, and chunks not used yet.
  package var reserved: Int64
  /// The same sum with predictions instead of reservations.
  package var predicted: Int64

  package init(reserved: Int64, predicted: Int64) {
    self.reserved = reserved
    self.predicted = predicted
  }
}
