import Synchronization

/// The tasks that answer a server's requests. Each ends on its own; a server that stops cancels the rest and waits for them.
final class RequestTasks: Sendable {
  /// Identifies a task.
  typealias ID = Int

  private struct State {
    var next: ID = 0
    var tasks: [ID: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// - Parameter work: gets what ``cancel(_:)`` takes.
  func start(on executor: some TaskExecutor, _ work: @escaping @Sendable (ID) async -> Void) {
    state.withLock { state in
      let id = state.next
      state.next += 1
      state.tasks[id] = Task(executorPreference: executor) {
        await work(id)
        self.state.withLock { $0.tasks[id] = nil }
      }
    }
  }

  /// Cancels a task, unless it has ended.
  func cancel(_ id: ID) { state.withLock { $0.tasks[id] }?.cancel() }

  /// Cancels all, and returns when the last has ended.
  func cancel() async {
    let tasks = state.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
