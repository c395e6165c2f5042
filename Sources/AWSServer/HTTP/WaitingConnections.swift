import HummingbirdCore
import NIOCore
import Synchronization

/// Accepted connections that the server has not taken yet.
///
/// A server that is cancelled drops the connections that wait in its queue, and NIO traps when a `NIOAsyncChannel` is
/// deallocated before it is finished. So this class owns each one until the server takes it, and ``close()`` finishes the rest.
final class WaitingConnections: Sendable {
  /// The server has stopped.
  struct Closed: Error {}

  private struct State {
    var connections: [ObjectIdentifier: HTTP1Channel.Value] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())

  /// - Throws: ``Closed`` after ``close()``. Then the connection must be closed before it becomes active.
  func add(_ connection: HTTP1Channel.Value) throws(Closed) {
    let isClosed = state.withLock { state in
      if !state.isClosed { state.connections[ObjectIdentifier(connection.channel)] = connection }
      return state.isClosed
    }
    if isClosed { throw Closed() }
  }

  func remove(_ connection: HTTP1Channel.Value) {
    state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection.channel)) }
  }

  /// Closes the connections that the server has not taken, and refuses new ones.
  func close() async {
    let rest = state.withLock { state in
      state.isClosed = true
      defer { state.connections = [:] }
      return Array(state.connections.values)
    }
    for connection in rest { try? await connection.executeThenClose { _, _ in } }
  }
}
