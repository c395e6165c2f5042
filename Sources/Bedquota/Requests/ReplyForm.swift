import AWSWire
import Foundation

/// What a reply must have to be one. It is decided here for all that read replies.
enum ReplyForm {
  /// Why a whole answer with status 200 is not a reply of the model; nil if it is one.
  static func problem(_ body: Data, _ json: JSONValue?, of api: ModelRequest.API) -> String? {
    guard !body.isEmpty else { return "an empty body" }
    guard let json else {
      return body.prefix(64).contains(UInt8(ascii: "<")) ? "a page of HTML, perhaps of a proxy" : "a body that is not JSON"
    }
    guard let members = json.members else { return "JSON that is not an object" }
    switch api {
    case .converse, .responses, .messages: return api.content(of: json)?.array == nil ? "no message" : nil
    case .chatCompletions: return api.content(of: json)?.array?.isEmpty ?? true ? "no message" : nil
    case .invokeModel:
      if members.isEmpty { return "an empty object" }
      if isError(json) || json["Output"].map(isError) == true { return "an error" }
      let made = members.filter { contents.contains($0.name) }
      return !made.isEmpty && made.allSatisfy { isEmpty($0.value) } ? "an empty reply" : nil
    }
  }

  /// The error that a compatible API reports in an answer with status 200, whole or in an event of its stream; nil if the JSON is
  /// none.
  static func failure(
    _ json: JSONValue, _ operation: String, hiding: (AWSClientError.Service) -> AWSClientError.Service
  ) -> AWSClientError? {
    guard let error = CompatibleError(json) else { return nil }
    let service = hiding(
      .init(
        code: String(error.code.prefix(128)), message: String(error.message.prefix(1_000)), status: 200, requestID: nil, body: [])
    )
    return AWSClientError(
      .service, "\(operation) ended with \(service.code)\(service.message.isEmpty ? "" : ": \(service.message)")",
      operation: operation, service: service)
  }

  /// Members in which the families' replies carry what the model made.
  private static let contents: Set<String> = [
    "output", "content", "completion", "completions", "choices", "generation", "generations", "results", "result", "outputs",
    "text", "embedding", "embeddings", "embeddingsByType", "images", "image", "artifacts", "video", "videos", "audio", "data",
    "predictions",
  ]
  /// Members that alone say that something failed.
  private static let failures: Set<String> = ["error", "errors", "errorMessage", "errorCode", "errorType", "fault"]
  /// Members that stand beside these, in the errors of AWS, of gateways and of web frameworks.
  private static let besideFailures: Set<String> = [
    "message", "Message", "code", "status", "statusCode", "detail", "details", "title", "type", "path", "timestamp", "instance",
    "requestId", "request_id", "traceId", "success", "reason",
  ]

  /// Whether an object has the form of an error and nothing else to say.
  private static func isError(_ json: JSONValue) -> Bool {
    if json["__type"] != nil || json["type"]?.string == "error" { return true }
    let names = Set((json.members ?? []).filter { !$0.value.isNull }.map(\.name))
    guard names.isDisjoint(with: contents), json["message"]?.members == nil else { return false }
    return !names.isDisjoint(with: failures) || (!names.isEmpty && names.isSubset(of: besideFailures))
  }

  /// A text may be empty: a model that says nothing has replied.
  private static func isEmpty(_ json: JSONValue) -> Bool {
    json.isNull || json.array?.isEmpty == true || json.members?.isEmpty == true
  }

  /// Whether an event is the last one that every stream of its form has. What follows it is metrics only.
  static func isEnd(_ json: JSONValue, type: String) -> Bool {
    guard type == "chunk" else { return type == "messageStop" }
    if json["messageStop"] != nil { return true }
    if let type = json["type"]?.string, endTypes.contains(type) { return true }
    if json["amazon-bedrock-invocationMetrics"] != nil || json["is_finished"]?.bool == true { return true }
    let parts = [json, json["choices"]?.array?.first, json["outputs"]?.array?.first].compactMap { $0 }
    return parts.contains { part in
      ["stop_reason", "finish_reason", "completionReason"].contains { part[$0]?.string?.isEmpty == false }
    }
  }

  /// Whether a reply of a compatible API, or an event of one, says that the reply ended for its length.
  static func endsAtLength(_ json: JSONValue) -> Bool {
    let parts = [json, json["response"], json["delta"]].compactMap { $0 } + (json["choices"]?.array ?? [])
    return parts.contains { part in
      part["finish_reason"]?.string == "length" || part["stop_reason"]?.string == "max_tokens"
        || part["incomplete_details"]?["reason"]?.string == "max_output_tokens"
    }
  }

  /// The types of the last events of Messages and Responses.
  private static let endTypes: Set<String> = ["message_stop", "response.completed", "response.incomplete"]

  /// A stream that was closed before its last event.
  static func endedEarly(_ operation: String) -> AWSClientError {
    AWSClientError(.transport, "\(operation): the reply ended before its last event, so it is incomplete.", operation: operation)
  }

  /// An answer with status 200 that is no reply.
  static func noReply(_ problem: String, _ operation: String) -> AWSClientError {
    AWSClientError(
      .response, "\(operation) answered 200 with \(problem) instead of a reply; is the endpoint really AWS's?",
      operation: operation, parameters: ["endpointURL"])
  }
}
