import AWSWire
import BedrockQuotas
import Foundation

/// The call that carries a request.
extension ModelRequest {
  /// - Parameter id: the id to invoke on bedrock-runtime.
  func operation(_ id: String, streamed: Bool) -> AWSOperation<Data> { operation(.runtime(id: id), streamed: streamed) }

  func operation(_ route: InvocationRoute, streamed: Bool) -> AWSOperation<Data> {
    let id = route.id
    return switch (api, streamed) {
    case (.converse, false): BedrockRuntimeAPI.converse(id, body: json)
    case (.converse, true): BedrockRuntimeAPI.converseStream(id, body: json)
    case (.invokeModel, false): BedrockRuntimeAPI.invokeModel(id, body: json, options: headers)
    case (.invokeModel, true): BedrockRuntimeAPI.invokeModelWithResponseStream(id, body: json, options: headers)
    case (.chatCompletions, _): compatible(.chatCompletions, route, streamed)
    case (.responses, _): compatible(.responses, route, streamed)
    case (.messages, _): compatible(.messages, route, streamed)
    }
  }

  private func compatible(
    _ api: BedrockRuntimeAPI.Compatible, _ route: InvocationRoute, _ streamed: Bool
  ) -> AWSOperation<Data> {
    api.call(body(route.id, streamed), streamed: streamed, mantleBase: route.mantleBase)
  }

  /// The body for a compatible API, which reads from it what Bedrock's own operations have in their path: the model, and whether
  /// to stream. The call decides about streaming, whatever the caller's body says; its other bytes stay as they are.
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
  /// - Parameter alias: another name of the same model.
  func otherModel(than id: String, alias: String? = nil) -> String? {
    guard api.compatible != nil, let model = body["model"], !model.isNull, model.string != id else { return nil }
    if let alias, model.string == alias { return nil }
    return model.string.map { String($0.prefix(300)) } ?? "something that is no text"
  }

  /// Why a request can't be sent to an id; nil if it can.
  func modelProblem(_ id: String, alias: String? = nil) -> String? {
    guard let name = otherModel(than: id, alias: alias) else { return nil }
    return
      "The body names the model \(name), but the request is for \(id), whose quota is kept; leave model out of the body, or make both the same."
  }

  /// Why an endpoint can't take a request; nil if it can.
  func endpointProblem(_ endpoint: QuotaEndpoint) -> String? {
    guard !api.endpoints.contains(endpoint) else { return nil }
    return "bedrock-mantle doesn't have \(api.rawValue); make the request one of Chat Completions, Responses or Messages."
  }
}
