import FleetStore
import Logging
import NIOCore
import Synchronization

/// One connection to a server that is made when it is needed, and made again when it is lost.
///
/// Attempts follow each other after 50 ms · 2ⁿ, at most 1 s, times 0.5 to 1 by chance, so that a fleet doesn't come back all at
/// once. Callers wait for the connection as long as their own time allows.
final class RESPNode: Sendable {
  private enum State {
    case idle
    case connecting(EventLoopFuture<RESPConnection>)
    case connected(RESPConnection)
    case closed
  }

  private struct Held {
    var state = State.idle
    /// Attempts to connect since the server last served a command.
    var failures = 0
  }

  private let held = Mutex(Held())
  private let loop: any EventLoop
  private let logger: Logger
  /// Opens a connection, wherever the server is now.
  private let open: @Sendable () async throws(FleetStoreError) -> RESPConnection

  init(
    loop: any EventLoop, logger: Logger, open: @escaping @Sendable () async throws(FleetStoreError) -> RESPConnection
  ) {
    self.loop = loop
    self.logger = logger
    self.open = open
  }

  /// Sends commands without any other command between them, connecting first if need be.
  /// - Parameter timeout: for all of it.
  /// - Returns: a reply for each, and the connection that it came from.
  func send(
    _ commands: [RESPCommand], timeout: Duration
  ) async throws(FleetStoreError) -> (replies: [RESPValue], from: RESPConnection) {
    let start = ContinuousClock.now
    let connection = try await connection(timeout: timeout)
    let left = timeout - (ContinuousClock.now - start)
    guard left > .zero else { throw .noAnswer }
    return (try await connection.send(commands, timeout: left), connection)
  }

  /// The server did what it was asked for; so the next attempt to connect needs no delay.
  func hasServed() { held.withLock { $0.failures = 0 } }

  private func connection(timeout: Duration) async throws(FleetStoreError) -> RESPConnection {
    let connecting: EventLoopFuture<RESPConnection> = try held.withLock { held throws(FleetStoreError) in
      switch held.state {
      case .connected(let connection) where connection.isActive: return loop.makeSucceededFuture(connection)
      case .connecting(let future): return future
      case .closed: throw .closed
      case .idle, .connected:
        let promise = loop.makePromise(of: RESPConnection.self)
        held.state = .connecting(promise.futureResult)
        let delay = Self.backoff(held.failures)
        held.failures += 1
        promise.completeWithTask { try await self.connect(after: delay) }
        return promise.futureResult
      }
    }
    return try await connecting.within(timeout, loop).value()
  }

  /// The delay before an attempt.
  /// - Parameter failures: attempts before, without a command that was answered.
  private static func backoff(_ failures: Int) -> Duration {
    guard failures > 0 else { return .zero }
    let top = min(1_000.0, 50 * Double(1 << min(failures - 1, 10)))
    return .milliseconds(Int(top * Double.random(in: 0.5...1)))
  }

  private func connect(after delay: Duration) async throws -> RESPConnection {
    if delay > .zero { try await Task.sleep(for: delay) }
    do {
      let connection = try await open()
      let isWanted = held.withLock { held in
        if case .closed = held.state { return false }
        held.state = .connected(connection)
        return true
      }
      guard isWanted else {
        connection.close()
        throw FleetStoreError.closed
      }
      connection.end.whenComplete { [weak self] _ in self?.forget(connection) }
      logger.debug("connected to the fleet's store")
      return connection
    } catch {
      held.withLock { if case .connecting = $0.state { $0.state = .idle } }
      throw error
    }
  }

  private func forget(_ connection: RESPConnection) {
    let wasCurrent = held.withLock { held in
      guard case .connected(let current) = held.state, current.isSame(as: connection) else { return false }
      held.state = .idle
      return true
    }
    if wasCurrent { logger.debug("connection to the fleet's store ended") }
  }

  /// Ends a connection, so that the next command looks anew where the server is. A newer connection stays.
  func end(_ connection: RESPConnection) {
    forget(connection)
    connection.close()
  }

  func close() {
    let connection: RESPConnection? = held.withLock { held in
      defer { held.state = .closed }
      guard case .connected(let connection) = held.state else { return nil }
      return connection
    }
    connection?.close()
  }
}

extension EventLoopFuture where Value: Sendable {
  /// The same value, or `FleetStoreError/noAnswer` after a time. What it waits for goes on.
  fileprivate func within(_ timeout: Duration, _ loop: any EventLoop) -> EventLoopFuture<Value> {
    let promise = loop.makePromise(of: Value.self)
    let limit = loop.scheduleTask(in: TimeAmount(timeout)) { promise.fail(FleetStoreError.noAnswer) }
    hop(to: loop).whenComplete { result in
      limit.cancel()
      promise.completeWith(result)
    }
    return promise.futureResult
  }
}
