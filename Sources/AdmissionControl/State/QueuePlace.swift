/// The place of a waiter in the queue. A request that left the queue, because its client hung up for example, returns to it: it goes
/// before those of its tenant that came later.
package struct QueuePlace: Sendable, Equatable {
  /// The number of the waiter that first had it.
  let rank: UInt64
  /// When its turn was expected as it came, in nanoseconds of the limiter's clock.
  let turnAt: Int64
  /// The limit with the longest wait; nil: none of them made it wait.
  package let measure: Measure?
  /// The limiter whose queue it is; nil for a state machine without one.
  var limiter: ObjectIdentifier?

  /// Nanoseconds until the turn that was expected.
  func eta(at now: Int64) -> Int64 { max(0, turnAt &- now) }
}
