/// What whoever draws a limiter's units from a store is told. Each is called on the task that causes it, so it must return at once.
package struct PrepaidEvents: Sendable {
  /// A request has begun to wait.
  package var requestWaits: @Sendable () -> Void
  /// The server throttled a request that was admitted at this time, in nanoseconds of the limiter's clock.
  package var throttled: @Sendable (_ admittedAt: Int64) -> Void

  package init(
    requestWaits: @escaping @Sendable () -> Void, throttled: @escaping @Sendable (_ admittedAt: Int64) -> Void
  ) {
    self.requestWaits = requestWaits
    self.throttled = throttled
  }
}

extension Outcome {
  /// Whether it says that a limit per minute is lower than what is believed.
  var tellsOfLimits: Bool {
    switch kind {
    case .throttled(let reason): reason != .tokensPerDay
    case .outputExhausted: true
    case .completed, .overflowed, .failed, .capacity, .cancelled: false
    }
  }
}
