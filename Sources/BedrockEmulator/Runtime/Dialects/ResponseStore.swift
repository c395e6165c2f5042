import AWSWire
import Synchronization

/// The conversations that the Responses API remembers, for `previous_response_id`.
final class ResponseStore: Sendable {
  /// What was asked and answered up to a response.
  struct Conversation: Sendable {
    var items: [JSONValue] = []
    /// The response itself, where it can be retrieved.
    var response: JSONValue?
    /// Their size as JSON, roughly.
    var bytes = 0
  }

  /// The oldest are forgotten when there are more. Conversations may share items, so they take less memory than this.
  private static let (countMax, bytesMax) = (1_000, 64 * 1_024 * 1_024)

  private struct State {
    var conversations: [String: Conversation] = [:]
    /// Ids from the oldest on.
    var order: [String] = []
    var bytes = 0
  }

  private let state = Mutex(State())

  /// nil if there is no such response, or none any more.
  func conversation(_ id: String) -> Conversation? { state.withLock { $0.conversations[id] } }

  func keep(_ conversation: Conversation, as id: String) {
    state.withLock { state in
      state.bytes += conversation.bytes - (state.conversations.updateValue(conversation, forKey: id)?.bytes ?? 0)
      state.order.append(id)
      var forgotten = 0
      while forgotten < state.order.count, state.order.count - forgotten > Self.countMax || state.bytes > Self.bytesMax {
        state.bytes -= state.conversations.removeValue(forKey: state.order[forgotten])?.bytes ?? 0
        forgotten += 1
      }
      state.order.removeFirst(forgotten)
    }
  }

  func forget(_ id: String) {
    state.withLock { state in
      state.bytes -= state.conversations.removeValue(forKey: id)?.bytes ?? 0
      state.order.removeAll { $0 == id }
    }
  }

  func reset() { state.withLock { $0 = State() } }
}
