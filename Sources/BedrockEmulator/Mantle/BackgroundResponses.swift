package import AWSServer
package import AWSWire
import Synchronization

/// The responses that bedrock-mantle makes in the background, until they are whole. It owns their tasks.
package final class BackgroundResponses: Sendable {
  /// The most responses at a time, including those that failed or were cancelled, and the most bytes of all their requests.
  private static let (countMax, bytesMax) = (1_000, 64 * 1_024 * 1_024)

  private struct Entry {
    var response: JSONValue
    /// The size of the request, which its task keeps.
    var bytes: Int
    /// nil if it has failed or was cancelled.
    var task: Task<Void, Never>?
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// Ids from the oldest on.
    var order: [String] = []
    var bytes = 0

    mutating func remove(_ id: String) {
      guard let entry = entries.removeValue(forKey: id) else { return }
      entry.task?.cancel()
      bytes -= entry.bytes
      order.removeAll { $0 == id }
    }

    /// Forgets what has ended, from the oldest on, until a request of this size fits.
    /// - Returns: whether it does.
    mutating func makeRoom(for bytes: Int) -> Bool {
      func isFull() -> Bool { order.count >= BackgroundResponses.countMax || self.bytes + bytes > BackgroundResponses.bytesMax }
      while isFull(), let ended = order.first(where: { entries[$0]?.task == nil }) { remove(ended) }
      return !isFull()
    }
  }

  private let state = Mutex(State())

  package init() {}

  deinit { reset() }

  /// Begins a response.
  /// - Parameters:
  ///   - response: what clients see until it has ended.
  ///   - bytes: the size of the request.
  ///   - work: makes it. If it succeeds, it has kept the response elsewhere, in ``complete(_:_:)``.
  package func begin(
    _ id: String, _ response: JSONValue, bytes: Int, work: @escaping @Sendable () async throws(AWSFault) -> Void
  ) throws(AWSFault) {
    let isFull = state.withLock { state in
      guard state.makeRoom(for: bytes) else { return true }
      // The task can't end before it is known: its end waits for the lock.
      let task = Task { [weak self] in
        do throws(AWSFault) {
          try await work()
          // One that was cancelled at the last moment stays so.
          self?.state.withLock { if $0.entries[id]?.task != nil { $0.remove(id) } }
        } catch {
          self?.end(id, "failed", error)
        }
      }
      state.entries[id] = Entry(response: response.with("status", "in_progress"), bytes: bytes, task: task)
      state.order.append(id)
      state.bytes += bytes
      return false
    }
    guard isFull else { return }
    throw AWSFault(
      code: "ServiceUnavailableException",
      message:
        "The emulator makes at most \(Self.countMax) responses in the background at a time, whose requests have \(Self.bytesMax >> 20) MiB in total; try again when some have ended.",
      status: 503)
  }

  /// Does something with a response that is whole, unless it was cancelled or forgotten at the last moment.
  package func complete(_ id: String, _ body: () -> Void) {
    state.withLock { state in
      if state.entries[id]?.task != nil { body() }
    }
  }

  /// nil if there is no such response, or if it is whole.
  package func response(_ id: String) -> JSONValue? { state.withLock { $0.entries[id]?.response } }

  /// Ends a response that isn't whole yet.
  /// - Returns: the response; nil if there is none.
  package func cancel(_ id: String) -> JSONValue? {
    end(id, "cancelled", nil)
    return response(id)
  }

  /// Has no effect on a response that has ended.
  private func end(_ id: String, _ status: String, _ fault: AWSFault?) {
    state.withLock { state in
      guard var entry = state.entries[id], let task = entry.task else { return }
      task.cancel()
      entry.task = nil
      entry.response = entry.response.with("status", .string(status))
      if let fault {
        let code: JSONValue = fault.status == 429 ? "rate_limit_exceeded" : "server_error"
        entry.response = entry.response.with("error", ["code": code, "message": .string(fault.message)])
      }
      state.entries[id] = entry
    }
  }

  package func forget(_ id: String) { state.withLock { $0.remove(id) } }

  package func reset() {
    state.withLock { state in
      for entry in state.entries.values { entry.task?.cancel() }
      state = State()
    }
  }
}

extension JSONValue {
  /// The object with another value of a member that it has.
  fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
    .object((members ?? []).map { $0.name == name ? .init(name, value) : $0 })
  }
}
