import AWSServer
import NIOCore
import Synchronization

/// A reply that is waited for, by one task, which does something for its client whenever the wait becomes long.
final class HeldReply<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    /// Resumed with whether the reply is there.
    var waiter: CheckedContinuation<Bool, Never>?
    var alarm: Scheduled<Void>?
  }

  private let state = Mutex(State())
  private let task = Mutex<Task<Void, any Error>?>(nil)

  /// Begins the work, and cancels it when the client leaves.
  init(for client: ClientPresence, _ work: @escaping @Sendable () async throws -> Value) {
    let started = client.start { [self] in
      let result: Result<Value, any Error>
      do { result = .success(try await work()) } catch { result = .failure(error) }
      finish(result)
    }
    task.withLock { $0 = started }
  }

  private func finish(_ result: Result<Value, any Error>) {
    let waiter = state.withLock { state in
      state.result = result
      state.alarm?.cancel()
      state.alarm = nil
      return state.waiter.take()
    }
    waiter?.resume(returning: true)
  }

  /// - Parameter pause: how long to wait; nil: until it is there.
  /// - Returns: whether the reply, or its failure, is there.
  func isReady(within pause: TimeAmount?, on loop: any EventLoop) async -> Bool {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.result != nil { return true }
          state.waiter = continuation
          return false
        }
        if isReady { return continuation.resume(returning: true) }
        guard let pause else { return }
        let alarm = loop.scheduleTask(in: pause) { [self] in
          let waiter = state.withLock { $0.waiter.take() }
          waiter?.resume(returning: false)
        }
        let isLate = state.withLock { state in
          if state.waiter != nil { state.alarm = alarm }
          return state.waiter == nil
        }
        if isLate { alarm.cancel() }
      }
    } onCancel: {
      cancel()
    }
  }

  /// The reply that is there.
  /// - Throws: its failure; `CancellationError` if it isn't there.
  func get() throws -> Value {
    guard let result = state.withLock({ $0.result }) else { throw CancellationError() }
    return try result.get()
  }

  func cancel() { task.withLock { $0 }?.cancel() }
}
