import Synchronization

/// Looks after the streams of a client that nobody reads from any more.
///
/// One task for all of them, which ends with the last: a sleep for each stream would outlive it, cancelled or not.
final class StreamWatch: Sendable {
  private struct Weak: Sendable { weak let stream: ModelStream? }

  private let idleMax: Duration
  private let state = Mutex((streams: [Weak](), isWatching: false))

  init(idleMax: Duration) { self.idleMax = idleMax }

  func add(_ stream: ModelStream) {
    let begins = state.withLock { state in
      state.streams.append(Weak(stream: stream))
      defer { state.isWatching = true }
      return !state.isWatching
    }
    guard begins else { return }
    Task.detached { [self] in
      repeat { try? await Task.sleep(for: max(idleMax / 4, .milliseconds(10))) } while !closeIdle()
    }
  }

  /// - Returns: whether none is left.
  private func closeIdle() -> Bool {
    let streams = state.withLock { $0.streams }
    let over = streams.map { $0.stream?.closeIfIdle(idleMax) ?? true }
    return state.withLock { state in
      // Those that came meanwhile stand behind the ones that were looked at.
      state.streams = zip(streams, over).filter { !$0.1 }.map(\.0) + state.streams.dropFirst(streams.count)
      state.isWatching = !state.streams.isEmpty
      return !state.isWatching
    }
  }
}
