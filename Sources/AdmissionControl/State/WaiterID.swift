/// A waiter in the queue.
package struct WaiterID: Sendable, Hashable {
  let number: UInt64
}
