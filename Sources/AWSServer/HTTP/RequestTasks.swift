import Synchronization

/// The tasks that answer a server's requests. Each ends on its own; a server that stops cancels the rest and waits for them.
final class RequestTasks: Sendable {
  private struct State {
    var next = 0
    var tasks: [Int: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  func start(on executor: some TaskExecutor, _ work: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      let id = state.next
      state.next += 1
      state.tasks[id] = Task(executorPreference: executor) {
        await work()
        self.state.withLock { $0.tasks[id] = nil }
      }
    }
  }

  /// Cancels all, and returns when the last has ended.
  func cancel() async {
    let tasks = state.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
