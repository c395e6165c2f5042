/// An answer for a waiter, from ``AdmissionState/next(at:)``.
package enum Action: Sendable {
  case admit(WaiterID, Lease)
  case refuse(WaiterID, Refusal)
}
