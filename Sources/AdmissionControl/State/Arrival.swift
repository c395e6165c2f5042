/// What a limiter decides about a request as it arrives.
package enum Arrival: Sendable {
  case admitted(Lease)
  /// - Parameter eta: nanoseconds until its turn, if nothing else changes.
  case waiting(WaiterID, eta: Int64)
  case refused(Refusal)
}
