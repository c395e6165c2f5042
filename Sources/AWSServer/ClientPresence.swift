package import NIOCore
import Synchronization

/// Tells work that its client has disconnected.
package struct ClientPresence: Sendable {
  /// Told when the client leaves; nil for one that never does.
  private let watch: DisconnectWatch?
  private let executor: EventLoopExecutor?

  /// - Parameter executor: runs the work of ``during(_:)``.
  init(_ watch: DisconnectWatch, executor: EventLoopExecutor) {
    self.watch = watch
    self.executor = executor
  }

  private init() { (watch, executor) = (nil, nil) }

  /// A client that never leaves.
  package static let certain = ClientPresence()

  /// The event loop of the client's connection; nil for a client without one.
  package var eventLoop: (any EventLoop)? { executor?.loop }

  /// Begins work on the event loop of the client's connection, and cancels it when the client leaves.
  package func start<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) -> Task<Output, any Error> {
    let leaving = Leaving()
    let task = Task(executorPreference: executor) {
      defer { if let id = leaving.end() { watch?.forget(id) } }
      return try await work()
    }
    if let watch { leaving.began(watch.watch { task.cancel() }, forget: watch.forget) }
    return task
  }

  /// Does work that may take long, and cancels it when the client leaves.
  /// - Throws: what the work throws; after the client has left, usually `CancellationError`.
  package func during<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) async throws -> Output {
    let task = Task(executorPreference: executor) { try await work() }
    let id = watch?.watch { task.cancel() }
    defer { if let id { watch?.forget(id) } }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    return try result.get()
  }
}

/// The callback of a task that may end before its callback is registered.
private final class Leaving: Sendable {
  private struct State {
    var id: DisconnectWatch.ID?
    var isEnded = false
  }

  private let state = Mutex(State())

  func began(_ id: DisconnectWatch.ID, forget: (DisconnectWatch.ID) -> Void) {
    let isEnded = state.withLock { state in
      state.id = id
      return state.isEnded
    }
    if isEnded { forget(id) }
  }

  func end() -> DisconnectWatch.ID? {
    state.withLock { state in
      state.isEnded = true
      return state.id
    }
  }
}
