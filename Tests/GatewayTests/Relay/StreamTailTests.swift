import AWSServer
import AWSWire
import Foundation
import Testing

@testable import Bedquota
@testable import Gateway

/// The events that the gateway writes itself.
struct StreamTailTests {
  private static let throttle = AWSFault(code: "ThrottlingException", message: "Too many \"tokens\"", status: 429)

  private func frames(_ bytes: [UInt8]) throws -> [EventStreamMessage] {
    var decoder = EventStreamDecoder()
    decoder.feed(bytes)
    var messages: [EventStreamMessage] = []
    while let message = try decoder.next() { messages.append(message) }
    #expect(decoder.pendingBytes == 0)
    return messages
  }

  @Test func aFrameThatClientsPassOver() throws {
    for api in [ModelRequest.API.converse, .invokeModel] {
      let message = try #require(try frames(StreamTail.keepAlive(api)).first)
      #expect(message[":message-type"] == "event" && message[":event-type"] == "keepAlive")
      #expect(message[":content-type"] == "application/json" && message.payload == Data("{}".utf8))
    }
  }

  @Test func aCommentThatClientsPassOver() {
    for api in [ModelRequest.API.chatCompletions, .responses, .messages] {
      #expect(StreamTail.keepAlive(api) == Array(": keep-alive\n\n".utf8))
    }
  }

  @Test(
    arguments: [
      ("ThrottlingException", 429, "throttlingException"), ("ServiceUnavailableException", 503, "serviceUnavailableException"),
      ("InternalServerException", 500, "internalServerException"),
      ("ModelStreamErrorException", 424, "modelStreamErrorException"),
      ("ValidationException", 400, "validationException"), ("AccessDeniedException", 403, "validationException"),
      ("ModelTimeoutException", 408, "validationException"), ("Odd", nil, "internalServerException"),
      ("", 502, "internalServerException"),
    ] as [(String, Int?, String)])
  func anException(code: String, status: Int?, name: String) throws {
    let fault = AWSFault(code: code, message: "Oh", status: status)
    let message = try #require(try frames(StreamTail.failure(fault, .converse)).first)
    #expect(message[":message-type"] == "exception" && message[":exception-type"] == name)
    #expect(try JSONValue(message.payload) == ["message": "Oh"])
  }

  /// Every API's clients take the ending for an error, as the gateway's own reader does, and keep-alives for nothing.
  @Test(arguments: ModelRequest.API.allCases)
  func theEndingIsAnError(api: ModelRequest.API) {
    let type = [.invokeModel, .converse].contains(api) ? "application/vnd.amazon.eventstream" : "text/event-stream"
    var reply = RelayedReply(api: api, isStreamed: true, status: 200, headers: [(name: "content-type", value: type)])
    for _ in 0..<2 { reply.add(StreamTail.keepAlive(api)) }
    #expect(reply.isAtBoundary && reply.failure == nil && reply.outputBytes == 0 && !reply.isWhole)
    reply.add(StreamTail.failure(Self.throttle, api))
    let code =
      [.invokeModel, .converse].contains(api)
      ? "ThrottlingException" : api == .messages ? "rate_limit_error" : "rate_limit_exceeded"
    #expect(reply.failure?.code == code && reply.failure?.message == Self.throttle.message)
    #expect(reply.isAtBoundary && !reply.isWhole && reply.usage == nil)
  }

  /// What OpenAI's clients raise an error for, and what its reference names.
  @Test func anErrorOfResponses() throws {
    let text = String(decoding: StreamTail.failure(Self.throttle, .responses), as: UTF8.self)
    #expect(text.hasPrefix("event: error\ndata: {") && text.hasSuffix("}\n\n"))
    let json = try JSONValue(Array(text.dropFirst("event: error\ndata: ".count).utf8))
    #expect(json["type"] == "error" && json["code"] == "rate_limit_exceeded" && json["message"]?.string == Self.throttle.message)
    #expect(json["error"]?["message"]?.string == Self.throttle.message)
  }
}
