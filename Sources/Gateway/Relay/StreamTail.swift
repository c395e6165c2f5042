import AWSServer
import AWSWire
import Bedquota
import Foundation

/// What the gateway itself puts into a stream: signs of life, and the error of a stream that can't go on.
///
/// Clients of AWS's event stream skip events of a type that they don't know, and clients of server-sent events skip comments.
///
/// Source: experiments with the clients of docs/gateway.md.
enum StreamTail {
  /// The head of a reply that begins before AWS's does.
  static func headers(of api: ModelRequest.API) -> [(name: String, value: String)] {
    api.isNative
      ? [("Content-Type", "application/vnd.amazon.eventstream")]
      : [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")]
  }

  /// A sign of life, of which the client's caller sees nothing.
  static func keepAlive(_ api: ModelRequest.API) -> [UInt8] {
    api.isNative ? frame : comment
  }

  private static let comment = Array(": keep-alive\n\n".utf8)
  private static let frame = EventStreamMessage.event("keepAlive", json: Data("{}".utf8)).encoded()

  /// The end of a stream that fails.
  static func failure(_ fault: AWSFault, of api: ModelRequest.API) -> [UInt8] {
    switch api {
    case .invokeModel, .converse:
      let code = fault.code.prefix(1).lowercased() + fault.code.dropFirst()
      let payload: JSONValue = ["message": .string(fault.message)]
      return EventStreamMessage.exception(code, json: payload.data).encoded()
    case .messages: return event("error", fault.anthropicError(requestID: nil))
    case .chatCompletions: return event(nil, ["error": fault.openAIError])
    case .responses:
      let error = fault.openAIError
      return event(
        "error",
        ["type": "error", "code": error["code"] ?? nil, "message": .string(fault.message), "param": nil, "sequence_number": 0])
    }
  }

  private static func event(_ type: String?, _ data: JSONValue) -> [UInt8] {
    Array((type.map { "event: \($0)\n" } ?? "").utf8) + Array("data: ".utf8) + Array(data.data) + Array("\n\n".utf8)
  }
}

extension ModelRequest.API {
  /// Whether its replies stream in AWS's own frames.
  var isNative: Bool {
    switch self {
    case .invokeModel, .converse: true
    case .chatCompletions, .responses, .messages: false
    }
  }
}
