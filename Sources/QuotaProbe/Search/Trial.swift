/// One request of a probe, to be sent now and not retried.
package struct Trial: Sendable, Equatable {
  /// Counted from 0 in the order of sending.
  package var id: Int
  package var size: TrialSize
  /// The time at which it should have been sent, in nanoseconds; it is late if `now` is after this.
  package var scheduledAt: Int64
  /// Index of its step in ``ProbeReport/steps``.
  package var step: Int
}
