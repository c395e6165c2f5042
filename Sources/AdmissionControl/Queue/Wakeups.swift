/// The tasks to resume once the lock is released.
struct Wakeups: Sendable {
  var waiters: [UnsafeContinuation<Void, Never>] = []
  var drains: [CheckedContinuation<Void, Never>] = []

  func resume() {
    for waiter in waiters { waiter.resume() }
    for drain in drains { drain.resume() }
  }
}
