import Synchronization

/// A clock that a test moves. It records how long each timer sleeps, and wakes those that are due when it moves.
final class SteppedClock: Sendable {
  private struct State {
    var now: Int64
    var sleepers: [Int: (until: Int64, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var count = 0
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(at now: Int64 = 0) { state = Mutex(State(now: now)) }

  var now: Int64 { state.withLock { $0.now } }
  /// The timers that sleep, by the time at which they wake.
  var timers: [Int64] { state.withLock { $0.sleepers.values.map(\.until).sorted() } }

  func sleep(_ nanoseconds: Int64) async throws {
    let id = state.withLock {
      $0.count += 1
      return $0.count
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state -> Bool in
          if state.cancelled.contains(id) { return true }
          state.sleepers[id] = (state.now &+ nanoseconds, continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelled.insert(id)
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  func move(to time: Int64) {
    let due = state.withLock { state in
      state.now = time
      let due = state.sleepers.filter { $0.value.until <= time }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }
}
