package import AdmissionControl

/// What the owner of a ``FleetMember`` has to do next.
package enum FleetAction: Sendable, Equatable {
  /// Perform it on the store, then report the answer or the failure with its sequence number.
  /// - Parameter timeout: how long to wait for the answer, in nanoseconds.
  case sync(SyncRequest, timeout: Int64)
  /// Hand the chunks to the limiter, and call again.
  case grant([FleetGrant])
  /// Take back all chunks that the limiter has not used, and call again.
  case giveBack
  /// Nothing until this time or the next event; nil: until the next event.
  case wait(until: Int64?)
  /// The member has left for good.
  case end
}

/// A chunk for one measure of the limiter.
package struct FleetGrant: Sendable, Equatable {
  package var measure: Measure
  package var chunk: PrepaidChunk
}
