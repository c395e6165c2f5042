/// A request that waits.
public struct WaiterID: Sendable, Hashable {
  let number: UInt64
}
