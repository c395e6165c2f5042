import AWSServer
import AWSWire

/// The replies of Converse, and the events of ConverseStream.
struct ConverseReplies: ReplyFormat {
  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse {
    let body = ConverseFormat.reply(completion)
    return .json((tellsUsage ? body : body.without("usage")).data)
  }

  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)] {
    [("Content-Type", "application/vnd.amazon.eventstream")]
  }

  func opening(_ completion: Completion) -> [UInt8] { encode(ConverseFormat.opening(completion)) }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    encode(ConverseFormat.start(block, at: index, completion))
  }

  func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8] {
    encode([
      piece.isReasoning ? ConverseFormat.reasoningPiece(piece.text) : ConverseFormat.piece(piece.text, at: completion.textIndex)
    ])
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    encode(ConverseFormat.stop(block, at: index))
  }

  func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8] {
    let events = ConverseFormat.closing(completion)
    return encode(tellsUsage ? events : events.map { ($0.event, $0.payload.without("usage")) })
  }

  func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8] { exception.encoded }

  private func encode(_ events: [ConverseFormat.Event]) -> [UInt8] {
    events.flatMap { EventStreamMessage.event($0.event, json: $0.payload.data).encoded() }
  }
}

extension StreamException {
  /// The event in AWS's binary encoding.
  var encoded: [UInt8] {
    var payload: [JSONValue.Member] = [.init("message", .string(message))]
    if name == Self.modelStreamError {
      payload += [
        .init("originalStatusCode", 500), .init("originalMessage", "The model stopped in the middle of its reply."),
      ]
    }
    return EventStreamMessage.exception(name, json: JSONValue.object(payload).data).encoded()
  }
}
