package import AWSServer
import AWSWire
package import Bedquota
import Foundation

/// What the gateway itself writes into a streamed reply, always between two events of the service.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html and …_ResponseStream.html,
/// docs.anthropic.com/en/api/messages-streaming, developers.openai.com/api/reference/resources/responses/streaming-events
package enum StreamTail {
  private static let comment = Array(": keep-alive\n\n".utf8)
  private static let frame = EventStreamMessage.event("keepAlive", json: Data("{}".utf8)).encoded()

  /// The exceptions with which both of Bedrock's streams may end.
  private static let exceptions: Set<String> = [
    "internalServerException", "modelStreamErrorException", "serviceUnavailableException", "throttlingException",
    "validationException",
  ]

  /// Shows a client that waits that its connection lives: a comment, or a frame of a type that clients don't know and pass over.
  package static func keepAlive(_ api: ModelRequest.API) -> [UInt8] {
    switch api.streamForm {
    case .eventStream: frame
    case .serverSentEvents: comment
    }
  }

  /// The last bytes of a stream that fails after it has begun.
  package static func failure(_ fault: AWSFault, _ api: ModelRequest.API) -> [UInt8] {
    switch api {
    case .invokeModel, .converse:
      EventStreamMessage.exception(exception(fault), json: JSONValue.object([.init("message", .string(fault.message))]).data)
        .encoded()
    case .messages: event("error", fault.anthropicError(requestID: nil))
    case .chatCompletions: event(nil, ["error": fault.openAIError])
    case .responses: event("error", responsesError(fault))
    }
  }

  private static func exception(_ fault: AWSFault) -> String {
    let name = fault.code.prefix(1).lowercased() + fault.code.dropFirst()
    if exceptions.contains(name) { return name }
    // Streams have no other exceptions: what was wrong with the request is a validation.
    return (400..<500).contains(fault.status ?? 500) ? "validationException" : "internalServerException"
  }

  /// The reference has code and message beside the type. Clients of OpenAI raise an error for a member `error` alone, and pass on
  /// other events as if all were well, so it has both. The events before it weren't counted, so its number isn't known.
  private static func responsesError(_ fault: AWSFault) -> JSONValue {
    let error = fault.openAIError
    return [
      "type": "error", "code": error["code"] ?? .null, "message": .string(fault.message), "param": nil, "sequence_number": 0,
      "error": error,
    ]
  }

  private static func event(_ name: String?, _ json: JSONValue) -> [UInt8] {
    Array((name.map { "event: \($0)\n" } ?? "").utf8) + Array("data: ".utf8) + json.data + Array("\n\n".utf8)
  }
}
