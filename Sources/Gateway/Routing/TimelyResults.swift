/// What came of work that was begun at the same time, as far as it is there in time.
enum TimelyResults {
  private enum Event<Value: Sendable>: Sendable {
    case ended(index: Int, Result<Value, any Error>)
    case timeIsUp
  }

  /// Waits until one of several has succeeded, and then for the others, but no longer than `grace`. What has not ended by then goes on,
  /// for whoever asks for the same.
  /// - Returns: in the order of `work`; nil: it has not ended.
  /// - Throws: `CancellationError`.
  static func of<Value: Sendable>(
    _ work: [@Sendable () async throws -> Value], grace: Duration
  ) async throws -> [Result<Value, any Error>?] {
    var results = [Result<Value, any Error>?](repeating: nil, count: work.count)
    guard !work.isEmpty else { return results }
    let (events, continuation) = AsyncStream.makeStream(of: Event<Value>.self)
    // A task group would wait for all of them.
    for (index, begin) in work.enumerated() {
      Task {
        let result: Result<Value, any Error>
        do { result = .success(try await begin()) } catch { result = .failure(error) }
        continuation.yield(.ended(index: index, result))
      }
    }
    var left = work.count
    var timer: Task<Void, Never>?
    defer { timer?.cancel() }
    loop: for await event in events {
      guard case .ended(let index, let result) = event else { break loop }
      results[index] = result
      left -= 1
      if left == 0 { break loop }
      guard timer == nil, case .success = result else { continue }
      timer = Task { if (try? await Task.sleep(for: grace)) != nil { continuation.yield(.timeIsUp) } }
    }
    try Task.checkCancellation()
    return results
  }
}
