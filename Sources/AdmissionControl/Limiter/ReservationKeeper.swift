/// What a ``Reservation`` reports to: a limiter, or a test double.
///
/// For each place, calls of ``adjust(_:used:)`` are followed by exactly one of ``settle(_:_:)`` and ``drop(_:)``.
package protocol ReservationKeeper: AnyObject, Sendable {
  /// The request has cost this much so far.
  func adjust(_ place: Int, used: Amounts)
  /// The request has ended.
  func settle(_ place: Int, _ outcome: Outcome)
  /// The reservation was dropped without a word about its request.
  func drop(_ place: Int)
}
