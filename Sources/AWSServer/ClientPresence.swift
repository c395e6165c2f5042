package import NIOCore
import Synchronization

/// Tells work that its client has disconnected.
package struct ClientPresence: Sendable {
  /// Told when the client leaves; nil for one that never does.
  private let watch: DisconnectWatch?
  private let executor: EventLoopExecutor?
  /// The task that answers the request; nil: none that could be cancelled.
  private let task: RequestTask?

  /// The task that answers a request.
  struct RequestTask: Sendable {
    let tasks: RequestTasks
    let id: RequestTasks.ID

    func cancel() { tasks.cancel(id) }
  }

  /// - Parameters:
  ///   - executor: runs the work of ``during(_:)``.
  ///   - task: what ``whilePresent(_:)`` cancels.
  init(_ watch: DisconnectWatch, executor: EventLoopExecutor, task: RequestTask) {
    self.watch = watch
    self.executor = executor
    self.task = task
  }

  private init() { (watch, executor, task) = (nil, nil, nil) }

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

  /// Does work that may take long, and cancels the task that answers the request when the client leaves: the work, and all that comes
  /// after it. It is for the task that answers, and needs none of its own, whose stack every request that waits would keep.
  /// - Throws: what the work throws; after the client has left, usually `CancellationError`.
  package func whilePresent<Output>(_ work: () async throws -> Output) async throws -> Output {
    guard let watch, let task else { return try await work() }
    let id = watch.watch { task.cancel() }
    defer { watch.forget(id) }
    return try await work()
  }

  /// Does work that may take long, and cancels it, and nothing else, when the client leaves.
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
