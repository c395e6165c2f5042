import Synchronization

/// Ends a server without cutting off what it does. ``announce()`` may come first, for clients that can be told to go elsewhere.
package final class HTTPDrain: Sendable {
  private struct State {
    var hasBegun = false
    var onBegin: (@Sendable () -> Void)?
  }

  private let announced = Atomic(false)
  private let connections = Atomic(0)
  private let state = Mutex(State())

  package init() {}

  /// From now on, each connection ends with its next request: over HTTP/1, the reply says so; over HTTP/2, a GOAWAY. New connections
  /// are accepted.
  package func announce() { announced.store(true, ordering: .relaxed) }

  /// Stops accepting connections, closes the idle ones, and closes each other one when its requests are answered. Clients of HTTP/2
  /// get a GOAWAY. When the last one is closed, the server's `run` returns. A second call does nothing.
  package func begin() {
    announce()
    let onBegin = state.withLock { state in
      defer { (state.hasBegun, state.onBegin) = (true, nil) }
      return state.onBegin
    }
    onBegin?()
  }

  /// Whether replies close their connections.
  var isAnnounced: Bool { announced.load(ordering: .relaxed) }

  /// Connections that are open.
  package var openConnections: Int { connections.load(ordering: .relaxed) }

  func opened() { connections.add(1, ordering: .relaxed) }
  func closed() { connections.subtract(1, ordering: .relaxed) }

  /// Calls back once, when the end begins; at once if it has begun.
  func whenBegun(_ onBegin: @escaping @Sendable () -> Void) {
    let hasBegun = state.withLock { state in
      if !state.hasBegun { state.onBegin = onBegin }
      return state.hasBegun
    }
    if hasBegun { onBegin() }
  }
}
