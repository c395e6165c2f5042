import AWSWire
import Synchronization

/// The times of one request and its reply: how far the request got, and since when somebody waits for what.
final class ReplyClock: Sendable {
  /// Why a wait was ended.
  enum Expiry: Error {
    case silence, deadline
  }

  private struct State: Sendable {
    /// When the current wait began; nil while nothing has been sent, for a request that waits for a connection is not the service's
    /// silence.
    var waitsSince: ContinuousClock.Instant?
    var isSentWhole = false
  }

  let limits: ReplyLimits
  private let endsAt: ContinuousClock.Instant?
  private let state = Mutex(State())

  init(_ limits: ReplyLimits, at now: ContinuousClock.Instant = .now) {
    self.limits = limits
    endsAt = limits.timeLeft.map { now + $0 }
  }

  /// Whether all of the request was handed to the connection.
  var isSentWhole: Bool { state.withLock { $0.isSentWhole } }

  /// A piece of the request leaves, or a new wait for the reply begins.
  func begin(isLastPiece: Bool = false, at now: ContinuousClock.Instant = .now) {
    state.withLock { state in
      state.waitsSince = now
      if isLastPiece { state.isSentWhole = true }
    }
  }

  /// Why whoever waits should give up; nil while it shouldn't.
  func expiry(at now: ContinuousClock.Instant) -> Expiry? {
    if let endsAt, now >= endsAt { return .deadline }
    guard let since = state.withLock({ $0.waitsSince }), now - since >= limits.silence else { return nil }
    return .silence
  }
}
