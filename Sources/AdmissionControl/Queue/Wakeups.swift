/// The tasks to resume once the lock is released.
struct Wakeups: Sendable {
  var waiters: [UnsafeContinuation<Void, Never>] = []
  var drains: [CheckedContinuation<Void, Never>] = []

  /// Tells whoever draws this limiter's units from a store.
  var event: (@Sendable () -> Void)?

  func resume() {
    for waiter in waiters { waiter.resume() }
    for drain in drains { drain.resume() }
    event?()
  }
}
