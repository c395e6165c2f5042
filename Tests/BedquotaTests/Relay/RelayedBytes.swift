import AWSWire
import Foundation
import HTTPTypes

@testable import Bedquota

/// A reply as bytes, read by the gateway's reader and by the client's.
struct RelayedBytes {
  var api: ModelRequest.API
  var isStreamed: Bool
  var status = 200
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]

  /// What a reader says of it.
  struct Answer: Equatable {
    var usage: TokenUsage?
    var outputBytes = 0
    var isWhole = false
    var endsAtLength = false
    var code: String?
  }

  /// The gateway's answer.
  /// - Parameter cuts: where the bytes are cut.
  func relayed(cuts: [Int] = []) -> RelayedReply {
    var reply = RelayedReply(api: api, isStreamed: isStreamed, status: status, headers: headers)
    for (start, end) in zip([0] + cuts, cuts + [body.count]) where start < end { reply.add(body[start..<end]) }
    reply.end()
    return reply
  }

  func answer(cuts: [Int] = []) -> Answer { Answer(relayed(cuts: cuts)) }

  /// The client's answer.
  func read() throws -> Answer {
    var answer = Answer()
    guard isStreamed else {
      let json = try JSONValue(body)
      answer.usage = api.usage(of: json, fields)
      answer.outputBytes = (ReplyText.whole(json) ?? "").utf8.count
      answer.isWhole = true
      answer.endsAtLength = api.compatible != nil && ReplyForm.endsAtLength(json)
      return answer
    }
    var counts = StreamUsage()
    for (type, payload) in try events() {
      if payload.elementsEqual("[DONE]".utf8) { break }
      let (_, content) = ModelStreamEvent.read(type, payload, &counts)
      answer.usage = content.usage ?? answer.usage
      // What the client counts beside text are names, such as that of the reason to stop.
      answer.outputBytes += ReplyText.piece(content.json)?.utf8.count ?? 0
      answer.isWhole = answer.isWhole || content.isEnd
      answer.endsAtLength = answer.endsAtLength || (api.compatible != nil && ReplyForm.endsAtLength(content.json))
    }
    return answer
  }

  private var fields: HTTPFields {
    var fields = HTTPFields()
    for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
    return fields
  }

  private func events() throws -> [(String, Data)] {
    var events: [(String, Data)] = []
    switch api.streamForm {
    case .eventStream:
      var decoder = EventStreamDecoder()
      decoder.feed(body)
      while let message = try decoder.next() { events.append((message[":event-type"] ?? "", message.payload)) }
    case .serverSentEvents:
      var decoder = ServerSentEventDecoder()
      decoder.feed(body)
      while let event = try decoder.next() { events.append(("chunk", Data(event.data))) }
    }
    return events
  }
}

extension RelayedBytes.Answer {
  init(_ reply: RelayedReply) {
    self.init(
      usage: reply.usage, outputBytes: reply.outputBytes, isWhole: reply.isWhole, endsAtLength: reply.endsAtLength,
      code: reply.failure?.code)
  }
}
