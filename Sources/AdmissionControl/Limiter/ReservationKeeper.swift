/// The object to which a ``Reservation`` reports: a limiter, or a test double.
///
/// For each place, any number of calls of ``adjust(_:used:)`` precede exactly one call of either ``settle(_:_:)`` or
/// ``drop(_:)``.
package protocol ReservationKeeper: AnyObject, Sendable {
  /// The request has cost this much so far.
  func adjust(_ place: Int, used: Amounts)
  /// The request has ended.
  func settle(_ place: Int, _ outcome: Outcome)
  /// The reservation was dropped without being settled.
  func drop(_ place: Int)
}
