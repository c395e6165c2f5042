/// One request of a probe, to be sent now and never again.
package struct Trial: Sendable, Equatable {
  /// Counted from 0 in the order of sending.
  package var id: Int
  package var size: TrialSize
  /// When it should have been sent, in nanoseconds; it is late by as much as `now` exceeds this.
  package var scheduledAt: Int64
  /// Index of its step in ``ProbeReport/steps``.
  package var step: Int
}
