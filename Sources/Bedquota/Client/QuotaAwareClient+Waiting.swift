import AWSWire
import Synchronization

/// Waiting for a service that can't be reached.
extension QuotaAwareClient {
  /// What the client waits for beside its quota, as a sentence without a full stop; nil if it waits for nothing else.
  package var waitingFor: String? {
    let now = options.clock()
    return book.withLock { $0.health.waitingFor(at: now) }
  }

  /// Returns when a request may be sent. Without patience that is at once: its attempts decide.
  /// - Throws: the error with which the service is away, if the patience is over; `CancellationError`.
  func waitForService(_ course: RequestCourse) async throws {
    guard options.patience > .zero else { return }
    while true {
      let now = options.clock()
      let (leave, error) = book.withLock { ($0.health.leave(patience: options.patience, at: now), $0.health.awayError) }
      switch leave {
      case .go: return
      case .giveUp: throw error ?? AWSClientError(.transport, "The service can't be reached.")
      case .wait(let pause):
        // The limiter refuses a request whose deadline has passed.
        let pause = min(pause, course.timeLeft(at: now) ?? pause)
        guard pause > .zero else { return }
        try await options.sleep(pause)
      }
    }
  }
}
