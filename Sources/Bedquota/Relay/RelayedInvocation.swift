package import AWSWire
import AdmissionControl
import Synchronization

/// A caller's request whose reply has begun. It holds the reservation until the reply has ended, broke off, or nobody holds this object.
package final class RelayedInvocation: Sendable {
  private struct State: ~Copyable, Sendable {
    /// nil once it is settled.
    var running: RunningRequest?
    var reservation: Reservation?
  }

  /// What a settled request was charged, for the caller's books.
  package struct Charge: Sendable {
    package var usage: TokenUsage
    /// The final cost in quota tokens.
    package var quotaTokens: Int64
    /// Whether the reply didn't report its usage.
    package var isEstimate: Bool
  }

  private let client: QuotaAwareClient
  private let state: Mutex<State>

  init(_ client: QuotaAwareClient, _ running: RunningRequest, _ reservation: consuming Reservation) {
    self.client = client
    // Their closures may hold whoever holds this object.
    var running = running
    running.terms = nil
    state = Mutex(State(running: running, reservation: reservation))
  }

  deinit { _ = settle(CancellationError()) }

  /// A part of the reply has passed.
  /// - Parameters:
  ///   - bytes: bytes of output in it.
  ///   - usage: what the reply reports of its usage by now; nil if nothing.
  package func arrived(bytes: Int, usage: TokenUsage?, endsAtLength: Bool = false) {
    guard bytes > 0 || usage != nil || endsAtLength else { return }
    state.withLock { state in
      guard case .update(let used)? = state.running?.course.eventArrived(bytes: bytes, usage: usage, endsAtLength: endsAtLength)
      else { return }
      state.reservation?.update(used: used)
    }
  }

  /// Settles the request: its reply has ended, or broke off with an error. A second call does nothing.
  /// - Returns: nil if nothing is charged, or it was settled before.
  @discardableResult
  package func settle(_ error: (any Error)? = nil) -> Charge? {
    var rest = state.withLock { state -> Rest? in
      guard let running = state.running.take(), let reservation = state.reservation.take() else { return nil }
      return Rest(running: running, reservation: reservation)
    }
    return rest.take()?.settle(client, error)
  }

  private struct Rest: ~Copyable {
    var running: RunningRequest
    let reservation: Reservation

    consuming func settle(_ client: QuotaAwareClient, _ error: (any Error)?) -> Charge? {
      let action = client.apply(&running) { course, estimator, now in
        guard let error else { return course.streamEnded(&estimator, at: now) }
        return course.streamBroke(error, &estimator, at: now)
      }
      client.settle(reservation, action, &running)
      guard case .settle(_, let charge?, _) = action else { return nil }
      return Charge(usage: charge.usage, quotaTokens: charge.quotaTokens, isEstimate: charge.isEstimate)
    }
  }
}
