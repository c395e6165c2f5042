/// How the gateway ends: it says so, goes on for a while until no load balancer sends it more, stops accepting, finishes what it has,
/// and ends.
///
/// Requests that wait go on waiting, and streams of minutes finish. A second signal ends all at once. A pure value: times are
/// parameters.
package struct GatewayDrain: Sendable, Equatable {
  package struct Limits: Sendable, Equatable {
    /// Between the first signal and the last new connection. Kubernetes takes some seconds to take an endpoint out everywhere.
    package var delay = Duration.seconds(5)
    /// From then on until everything that has not finished is cut off.
    package var finish = Duration.seconds(600)

    package init() {}
  }

  package enum Phase: Sendable, Equatable {
    case serving
    /// Not ready any more, but serving.
    case announced(until: ContinuousClock.Instant)
    /// Connections are not accepted; those that are open close after their requests.
    case finishing(until: ContinuousClock.Instant)
    case ended
  }

  package enum Action: Sendable, Equatable {
    case none
    /// Be no longer ready, and end each connection with its next request.
    case announce
    /// Accept no connections, close those that are idle, finish the others.
    case finish
    /// Cancel everything.
    case end
  }

  package private(set) var phase = Phase.serving
  private let limits: Limits

  package init(_ limits: Limits) { self.limits = limits }

  /// When ``passed(at:)`` has something to do; nil: never.
  package var deadline: ContinuousClock.Instant? {
    switch phase {
    case .announced(let until), .finishing(let until): until
    case .serving, .ended: nil
    }
  }

  /// - Parameter isInteractive: whether somebody at a terminal wants to be gone, so that no load balancer is waited for.
  package mutating func signalled(isInteractive: Bool, at now: ContinuousClock.Instant) -> Action {
    switch phase {
    case .serving:
      if isInteractive || limits.delay <= .zero { return finish(at: now) }
      phase = .announced(until: now + limits.delay)
      return .announce
    case .announced, .finishing:
      phase = .ended
      return .end
    case .ended: return .none
    }
  }

  /// The time that ``deadline`` named has come.
  package mutating func passed(at now: ContinuousClock.Instant) -> Action {
    guard let deadline, deadline <= now else { return .none }
    switch phase {
    case .announced: return finish(at: now)
    case .finishing:
      phase = .ended
      return .end
    case .serving, .ended: return .none
    }
  }

  private mutating func finish(at now: ContinuousClock.Instant) -> Action {
    phase = .finishing(until: now + limits.finish)
    return .finish
  }
}
