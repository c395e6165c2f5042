import Synchronization

/// Ends waits for replies that take too long.
///
/// One job looks at all of them, ten times a second: a timer for each piece of a thousand streams would cost more than reading
/// them.
final class ReplyWaits: Sendable {
  private struct Wait: Sendable {
    var clock: ReplyClock
    var cancel: @Sendable () -> Void
    var expiry: ReplyClock.Expiry?
  }

  private struct State: Sendable {
    var waits: [Int: Wait] = [:]
    var next = 0
  }

  private static let interval = Duration.milliseconds(100)
  private let state = Mutex(State())

  /// Watches until its task is cancelled.
  func run() async {
    while (try? await Task.sleep(for: Self.interval)) != nil { endExpired(at: .now) }
  }

  private func endExpired(at now: ContinuousClock.Instant) {
    let expired = state.withLock { state -> [@Sendable () -> Void] in
      var expired: [@Sendable () -> Void] = []
      for (id, wait) in state.waits where wait.expiry == nil {
        guard let expiry = wait.clock.expiry(at: now) else { continue }
        state.waits[id]?.expiry = expiry
        expired.append(wait.cancel)
      }
      return expired
    }
    for cancel in expired { cancel() }
  }

  /// Runs `body`, and cancels it when the clock says that it took too long.
  /// - Throws: ``ReplyClock/Expiry`` if it took too long; otherwise what `body` throws.
  func within<Output: Sendable>(
    _ clock: ReplyClock, _ body: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    if let expiry = clock.expiry(at: .now) { throw expiry }
    let task = Task { try await body() }
    let id = state.withLock { state in
      defer { state.next += 1 }
      state.waits[state.next] = Wait(clock: clock, cancel: { task.cancel() })
      return state.next
    }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    let wait = state.withLock { $0.waits.removeValue(forKey: id) }
    // A reply that came at the last moment counts.
    if case .failure = result, let expiry = wait?.expiry { throw expiry }
    return try result.get()
  }
}
