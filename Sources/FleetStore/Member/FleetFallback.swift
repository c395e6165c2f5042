/// What a member does when it can't reach the store.
package enum FleetFallback: Sendable, Equatable {
  /// It takes 90 % of the share that it had. A member that never had an answer takes nothing.
  case share
  /// It sends nothing.
  case closed
  /// It takes one of this many equal parts, 1 or more, even if it never had an answer.
  case fixed(members: Int)
}
