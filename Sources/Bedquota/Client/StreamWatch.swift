import Synchronization

/// Closes the streams of a client that nobody reads from any more.
///
/// One background job checks all of them and ends with the last stream. A sleep for each stream would outlive the stream,
/// cancelled or not.
final class StreamWatch: Sendable {
  private struct Weak: Sendable { weak let stream: ModelStream? }

  private struct State: Sendable {
    var streams: [Weak] = []
    var isWatching = false
  }

  private let idleMax: Duration
  private let background: BackgroundWork
  private let sleep: @Sendable (Duration) async throws -> Void
  private let state = Mutex(State())

  init(idleMax: Duration, background: BackgroundWork, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.idleMax = idleMax
    self.background = background
    self.sleep = sleep
  }

  func add(_ stream: ModelStream) {
    let begins = state.withLock { state in
      state.streams.append(Weak(stream: stream))
      defer { state.isWatching = true }
      return !state.isWatching
    }
    guard begins, !background.add({ [self] in await watch() }) else { return }
    state.withLock { $0.isWatching = false }
  }

  /// Closes idle streams until no stream is left or the session ends.
  private func watch() async {
    let interval = max(idleMax / 4, .milliseconds(10))
    repeat {
      guard (try? await sleep(interval)) != nil else { return state.withLock { $0.isWatching = false } }
    } while !closeIdle()
  }

  /// - Returns: whether none is left.
  private func closeIdle() -> Bool {
    let streams = state.withLock { $0.streams }
    let over = streams.map { $0.stream?.closeIfIdle(idleMax) ?? true }
    return state.withLock { state in
      // Streams that were added meanwhile follow the ones that were checked.
      state.streams = zip(streams, over).filter { !$0.1 }.map(\.0) + state.streams.dropFirst(streams.count)
      state.isWatching = !state.streams.isEmpty
      return !state.isWatching
    }
  }
}
