import AWSWire
import Foundation

/// The call that carries a request.
extension ModelRequest {
  /// - Parameter id: the id to invoke.
  func operation(_ id: String, streamed: Bool) -> AWSOperation<Data> {
    switch (api, streamed) {
    case (.converse, false): BedrockRuntimeAPI.converse(id, body: json)
    case (.converse, true): BedrockRuntimeAPI.converseStream(id, body: json)
    case (.invokeModel, false): BedrockRuntimeAPI.invokeModel(id, body: json, options: headers)
    case (.invokeModel, true): BedrockRuntimeAPI.invokeModelWithResponseStream(id, body: json, options: headers)
    case (.chatCompletions, _): BedrockRuntimeAPI.Compatible.chatCompletions.call(body(id, streamed), streamed: streamed)
    case (.responses, _): BedrockRuntimeAPI.Compatible.responses.call(body(id, streamed), streamed: streamed)
    case (.messages, _): BedrockRuntimeAPI.Compatible.messages.call(body(id, streamed), streamed: streamed)
    }
  }

  /// The body for an API that finds there what Bedrock's own operations have in their path: the model, and whether to stream. The
  /// caller's bytes stay as they are; what he said of streaming gives way, because it is the call that decides.
  private func body(_ id: String, _ streamed: Bool) -> Data {
    var changes: [(path: [String], value: JSONValue)] = []
    if body["model"]?.isNull ?? true { changes.append((["model"], .string(id))) }
    if streamed {
      if body["stream"] != .bool(true) { changes.append((["stream"], true)) }
      // Without it, a stream of Chat Completions doesn't tell its usage.
      if api == .chatCompletions, body["stream_options"]?["include_usage"] != .bool(true) {
        changes.append((["stream_options", "include_usage"], true))
      }
    } else {
      if let asked = body["stream"], asked != .bool(false) { changes.append((["stream"], false)) }
      // OpenAI takes them with streams only.
      if let options = body["stream_options"], !options.isNull { changes.append((["stream_options"], nil)) }
    }
    // The body was read as JSON before, so no change fails.
    return changes.reduce(json) { json, change in
      (try? JSONPatch.setting(change.path, to: change.value, in: Array(json))).map { Data($0) } ?? json
    }
  }

  /// The model that the body names, if it isn't the id to invoke; nil if it is, or names none.
  func otherModel(than id: String) -> String? {
    guard api.compatible != nil, let model = body["model"], !model.isNull, model.string != id else { return nil }
    return model.string.map { String($0.prefix(300)) } ?? "something that is no text"
  }

  /// Why a request can't be sent to an id; nil if it can.
  func modelProblem(_ id: String) -> String? {
    guard let name = otherModel(than: id) else { return nil }
    return
      "The body names the model \(name), but the request is for \(id), whose quota is kept; leave model out of the body, or make both the same."
  }
}
