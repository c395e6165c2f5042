/// The right to send one request. Settle it once; a reservation that is dropped counts as if the request had cost all that it reserved.
public struct Reservation: ~Copyable, Sendable {
  /// nil once the reservation is settled. An unmanaged reference to the limiter itself would save 3 ns of the 62 ns that an
  /// admission and its settlement take (`limiter-benchmark speed`, four meters), which is not worth unsafe code.
  private var keeper: (any ReservationKeeper)?
  private let place: Int

  /// - Parameter place: tells the keeper which of its reservations this is.
  @inline(__always)
  package init(_ place: Int, of keeper: any ReservationKeeper) {
    self.place = place
    self.keeper = keeper
  }

  /// Reports what a reply that is still streaming has cost so far. It has an effect only beyond what was reserved.
  public mutating func update(used: Amounts) { keeper?.adjust(place, used: used) }

  /// Ends the reservation; what the request didn't need becomes free.
  public consuming func settle(_ outcome: Outcome) { keeper.take()?.settle(place, outcome) }

  /// Ends the reservation of a request that succeeded.
  /// - Parameter used: what it cost in the end.
  public consuming func settle(used: Amounts) { keeper.take()?.settle(place, .completed(used)) }

  deinit { keeper?.drop(place) }
}
