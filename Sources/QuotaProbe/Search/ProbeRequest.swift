/// One request of a probe, to be sent now and never again.
package struct ProbeRequest: Sendable, Equatable {
  /// From 0, in the order of sending.
  package var id: Int
  package var shape: ProbeShape
  /// When it should have been sent, in nanoseconds: what `now` is more than this is lateness.
  package var scheduledAt: Int64
  /// Which of ``ProbeReport/steps`` it belongs to.
  package var step: Int
}
