/// The window over which a limit per minute is enforced.
package enum LimitWindow: Sendable, Equatable {
  /// A token bucket that holds this many seconds of the limit.
  case bucket(seconds: Double)
  /// Unknown: no sum over a minute may exceed the limit.
  case strict
}
