import Synchronization

/// Lets a caller drop a request that waits, and leaves one that is in flight alone: what was sent is paid for.
package final class SendGate: Sendable {
  private struct State: Sendable {
    var isInFlight = false
    var isClosed = false
    var drop: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  package init() {}

  /// Whether an attempt was sent and has not failed.
  package var isInFlight: Bool { state.withLock { $0.isInFlight } }

  /// - Parameter drop: cancels the request; called once it is closed and not in flight.
  package func onDrop(_ drop: @escaping @Sendable () -> Void) {
    let isDropped = state.withLock { state in
      state.drop = drop
      return state.isClosed && !state.isInFlight
    }
    if isDropped { drop() }
  }

  /// Lets no further attempt begin. A request that waits is dropped; one that is in flight may end.
  package func close() {
    let drop = state.withLock { state in
      state.isClosed = true
      return state.isInFlight ? nil : state.drop
    }
    drop?()
  }

  /// An attempt is about to be sent.
  /// - Returns: whether it may be.
  func enter() -> Bool {
    state.withLock { state in
      if !state.isClosed { state.isInFlight = true }
      return !state.isClosed
    }
  }

  /// The attempt has failed; another one may follow, unless the gate is closed.
  func leave() {
    let drop = state.withLock { state in
      state.isInFlight = false
      return state.isClosed ? state.drop : nil
    }
    drop?()
  }
}
