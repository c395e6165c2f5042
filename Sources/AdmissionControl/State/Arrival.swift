/// What becomes of a request when it arrives.
public enum Arrival: Sendable {
  case admitted(Lease)
  /// - Parameter eta: nanoseconds until its turn, as things stand.
  case waiting(WaiterID, eta: Int64)
  case refused(Refusal)
}
