import Synchronization

/// The scripted replies that no request has taken yet. Each is given once, in order; when none fits a request, its reply is made up.
final class ReplyScript: Sendable {
  /// The most replies of a script.
  static let repliesMax = 1_000

  struct Taken: Sendable {
    var reply: ScriptedReply
    fileprivate var place: Int
    fileprivate var script: Int
  }

  private struct State {
    /// In order, with their places in the script.
    var replies: [(place: Int, reply: ScriptedReply)] = []
    /// Counts the scripts.
    var script = 0
  }

  private let state = Mutex(State())

  var replies: [ScriptedReply] { state.withLock { $0.replies.map(\.reply) } }

  func replace(by replies: [ScriptedReply]) {
    state.withLock { state in
      state.replies = replies.enumerated().map { ($0, $1) }
      state.script += 1
    }
  }

  /// Takes the first reply that fits a request.
  /// - Parameters:
  ///   - ids: the names of the model in the request: the invoked id, its dimension, the model.
  ///   - operation: AWS's name of it.
  ///   - isText: false for vectors, which can't be scripted; only errors fit them.
  func take(for ids: [String], _ operation: String, isText: Bool) -> Taken? {
    state.withLock { state in
      let found = state.replies.firstIndex { _, reply in
        (reply.modelID.map(ids.contains) ?? true) && (reply.operation.map { $0 == operation } ?? true)
          && (isText || reply.fitsVectors)
      }
      guard let found else { return nil }
      let (place, reply) = state.replies.remove(at: found)
      return Taken(reply: reply, place: place, script: state.script)
    }
  }

  /// Puts a reply back that its request couldn't get, because it was throttled.
  func putBack(_ taken: Taken) {
    state.withLock { state in
      guard taken.script == state.script else { return }
      let index = state.replies.firstIndex { $0.place > taken.place } ?? state.replies.endIndex
      state.replies.insert((taken.place, taken.reply), at: index)
    }
  }
}

extension BedrockRuntimeService.Operation {
  /// AWS's name.
  var name: String {
    switch self {
    case .invoke: "InvokeModel"
    case .invokeStream: "InvokeModelWithResponseStream"
    case .converse: "Converse"
    case .converseStream: "ConverseStream"
    case .countTokens: "CountTokens"
    }
  }
}
