/// The right to send one request. It is settled once; one that is dropped is taken to have cost all that it reserved.
public struct Reservation: ~Copyable, Sendable {
  /// Retained for as long as this lives; only what needs no destruction can be discarded.
  private let limiter: Unmanaged<Limiter>
  /// Of its lease, in the limiter's table.
  private let place: Int

  @inline(__always)
  init(_ place: Int, of limiter: Limiter) {
    self.place = place
    self.limiter = .passRetained(limiter)
  }

  /// Tells what a reply that still streams has cost by now; only what goes beyond the reservation changes anything.
  public mutating func update(used: Amounts) {
    limiter._withUnsafeGuaranteedRef { limiter in limiter.adjust(place, used: used) }
  }

  /// Ends it: what it doesn't need goes back.
  public consuming func settle(_ outcome: Outcome) {
    limiter.takeRetainedValue().settle(place, outcome)
    discard self
  }

  /// Ends it with what the request cost.
  public consuming func settle(used: Amounts) {
    limiter.takeRetainedValue().settle(place, .completed(used))
    discard self
  }

  deinit { limiter.takeRetainedValue().drop(place) }
}
