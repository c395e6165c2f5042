import AWSServer
import AWSWire
import Synchronization

/// The responses that bedrock-mantle makes in the background, until they are whole. It owns their tasks.
final class BackgroundResponses: Sendable {
  /// The most at a time, with those that failed or were cancelled.
  private static let countMax = 1_000

  private struct Entry {
    var response: JSONValue
    /// nil if it has failed or was cancelled.
    var task: Task<Void, Never>?
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// Ids from the oldest on.
    var order: [String] = []

    mutating func remove(_ id: String) {
      entries.removeValue(forKey: id)?.task?.cancel()
      order.removeAll { $0 == id }
    }
  }

  private let state = Mutex(State())

  deinit { reset() }

  /// Begins a response.
  /// - Parameters:
  ///   - response: as it is until it has ended.
  ///   - work: makes it. If it succeeds, it has kept the response elsewhere.
  func begin(_ id: String, _ response: JSONValue, work: @escaping @Sendable () async throws(AWSFault) -> Void) throws(AWSFault) {
    let isFull = state.withLock { state in
      if state.order.count >= Self.countMax, let ended = state.order.first(where: { state.entries[$0]?.task == nil }) {
        state.remove(ended)
      }
      guard state.order.count < Self.countMax else { return true }
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
      state.entries[id] = Entry(response: response.with("status", "in_progress"), task: task)
      state.order.append(id)
      return false
    }
    guard isFull else { return }
    throw AWSFault(
      code: "ServiceUnavailableException",
      message: "The emulator makes at most \(Self.countMax) responses in the background at a time.", status: 503)
  }

  /// nil if there is no such response, or if it is whole.
  func response(_ id: String) -> JSONValue? { state.withLock { $0.entries[id]?.response } }

  /// Ends a response that isn't whole yet.
  /// - Returns: the response; nil if there is none.
  func cancel(_ id: String) -> JSONValue? {
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

  func forget(_ id: String) { state.withLock { $0.remove(id) } }

  func reset() {
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
