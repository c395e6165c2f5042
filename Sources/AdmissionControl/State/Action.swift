/// What to tell a waiter.
public enum Action: Sendable {
  case admit(WaiterID, Lease)
  case refuse(WaiterID, Refusal)
}
