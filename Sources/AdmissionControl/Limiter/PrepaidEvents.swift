/// What whoever draws a limiter's units from a store is told. Each is called on the task that causes it, so it must return at once.
package struct PrepaidEvents: Sendable {
  /// A request has begun to wait.
  package var requestWaits: @Sendable () -> Void
  /// The server throttled a request that was admitted at this time, in nanoseconds of the limiter's clock.
  package var throttled: @Sendable (_ admittedAt: Int64) -> Void
  /// The server refused such a request because the tokens of the day are used up.
  package var dayIsUsedUp: @Sendable (_ admittedAt: Int64) -> Void

  package init(
    requestWaits: @escaping @Sendable () -> Void, throttled: @escaping @Sendable (_ admittedAt: Int64) -> Void,
    dayIsUsedUp: @escaping @Sendable (_ admittedAt: Int64) -> Void = { _ in }
  ) {
    self.requestWaits = requestWaits
    self.throttled = throttled
    self.dayIsUsedUp = dayIsUsedUp
  }
}

extension Outcome {
  /// Whether it says that the tokens of the day are used up.
  var tellsOfDay: Bool { kind == .throttled(.tokensPerDay) }

  /// Whether it says that a limit per minute is lower than what is believed.
  var tellsOfLimits: Bool {
    switch kind {
    case .throttled(let reason): reason != .tokensPerDay
    case .outputExhausted: true
    case .completed, .overflowed, .failed, .capacity, .cancelled: false
    }
  }
}
