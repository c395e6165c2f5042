import Synchronization

/// Wakes one task that waits. A signal that nobody waits for is kept, once.
final class FleetSignal: Sendable {
  private struct State {
    var isSet = false
    var continuation: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func set() {
    let continuation = state.withLock { state in
      state.isSet = state.continuation == nil
      return state.continuation.take()
    }
    continuation?.resume()
  }

  /// Returns after ``set()``, or when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.isSet || Task.isCancelled {
            state.isSet = false
            return true
          }
          state.continuation = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.continuation.take() }?.resume()
    }
  }
}
