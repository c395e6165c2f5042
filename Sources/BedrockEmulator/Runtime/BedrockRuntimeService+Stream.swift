import AWSServer
import AWSWire
import Foundation

extension BedrockRuntimeService {
  /// A streamed reply.
  func stream(_ invocation: OpenInvocation, _ plan: PlannedReply, _ operation: Operation) -> ServerResponse {
    var response = ServerResponse(
      status: 200, headers: [("Content-Type", "application/vnd.amazon.eventstream")], body: Data())
    if !operation.isConverse {
      response.headers += [("X-Amzn-Bedrock-Content-Type", "application/json")] + echoes(plan.completion.input)
    }
    let events = StreamEvents(
      family: operation.isConverse ? nil : invocation.target.family, tellsUsage: plan.fault != .noUsage)
    response.stream = .init(
      write: { sink in
        do {
          try await write(to: &sink, invocation, plan, events)
        } catch {
          // The client left or a fault cut the stream; a second settlement has no effect.
          invocation.abandon()
          throw error
        }
      }, clientIsGone: { invocation.abandon() })
    return response
  }

  private func write(
    to sink: inout any ResponseSink, _ invocation: OpenInvocation, _ plan: PlannedReply, _ events: StreamEvents
  ) async throws {
    var completion = plan.completion
    let output = completion.tokens.output
    try await clock.sleep(plan.firstToken, after: plan.start)
    completion.firstTokenMilliseconds = clock.milliseconds(since: plan.start)
    try await sink.write(events.opening(completion))
    var sent = 0
    var fault = plan.fault
    while sent < output {
      let count = min(ReplySettings.tokensPerEvent, output - sent)
      try await clock.sleep(plan.delay(ofToken: sent + count), after: plan.start)
      if invocation.isOver { throw CancellationError() }
      if sent + count > output / 2 {
        if try await breaks(&sink, invocation, plan, fault) { return }
        fault = nil  // A fault happens once.
      }
      if !completion.text.isEmpty {
        try await sink.write(events.piece(Self.piece(of: completion.text, from: sent, count), before: sent, count, completion))
      }
      sent += count
      invocation.progress(output: sent)
    }
    completion.latencyMilliseconds = clock.milliseconds(since: plan.start)
    // Settle before the client can read the end, so that its next request finds the quota free.
    invocation.finish(
      output: output, latencyMilliseconds: completion.latencyMilliseconds,
      firstTokenMilliseconds: completion.firstTokenMilliseconds)
    try await sink.write(events.closing(completion))
  }

  /// Carries out a fault in the middle of the stream.
  /// - Returns: whether the stream is over.
  private func breaks(
    _ sink: inout any ResponseSink, _ invocation: OpenInvocation, _ plan: PlannedReply, _ fault: FaultPlan.Fault?
  ) async throws -> Bool {
    switch fault {
    case .cut:
      invocation.breakOff(.clientError)
      let payload = JSONValue.object([
        .init("message", "An error occurred while streaming the response. Retry your request."),
        .init("originalStatusCode", 500), .init("originalMessage", "The model stopped in the middle of its reply."),
      ])
      try await sink.write(EventStreamMessage.exception("modelStreamErrorException", json: payload.data).encoded())
      return true
    case .drop:
      invocation.breakOff(.serverError)
      throw ConnectionDropped()
    case .stall:
      let begun = clock.now - plan.start.instant
      try await clock.sleep(begun + Int64(ReplySettings.stallSeconds * 1e9), after: plan.start)
      return false
    default: return false
    }
  }

  /// The text of `count` tokens. A token is four bytes; the text is ASCII.
  private static func piece(of text: String, from token: Int, _ count: Int) -> Substring {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: token * 4, limitedBy: utf8.endIndex) ?? utf8.endIndex
    let end = utf8.index(start, offsetBy: count * 4, limitedBy: utf8.endIndex) ?? utf8.endIndex
    return text[start..<end]
  }
}

/// Encodes the events of a stream: those of Converse if there is no family, else the chunks of the family.
private struct StreamEvents: Sendable {
  let family: (any ModelFamily)?
  let tellsUsage: Bool

  func opening(_ completion: Completion) -> [UInt8] {
    guard let family else { return encode(ConverseFormat.opening(completion)) }
    return family.opening(completion).flatMap(chunk)
  }

  func piece(_ text: Substring, before: Int, _ count: Int, _ completion: Completion) -> [UInt8] {
    guard let family else {
      let event = ConverseFormat.piece(text)
      return EventStreamMessage.event(event.event, json: event.payload.data).encoded()
    }
    return chunk(family.piece(text, tokensBefore: before, tokens: count, completion))
  }

  func closing(_ completion: Completion) -> [UInt8] {
    guard let family else {
      let events = ConverseFormat.closing(completion)
      return encode(tellsUsage ? events : events.map { ($0.event, $0.payload.without("usage")) })
    }
    var chunks = family.closing(completion)
    if tellsUsage, case .object(let members)? = chunks.last {
      chunks[chunks.count - 1] = .object(members + [.init("amazon-bedrock-invocationMetrics", metrics(completion))])
    }
    return chunks.flatMap(chunk)
  }

  private func metrics(_ completion: Completion) -> JSONValue {
    let tokens = completion.tokens
    var members: [JSONValue.Member] = [
      .init("inputTokenCount", .integer(tokens.input)), .init("outputTokenCount", .integer(tokens.output)),
      .init("invocationLatency", .integer(completion.latencyMilliseconds)),
      .init("firstByteLatency", .integer(completion.firstTokenMilliseconds)),
    ]
    if !completion.input.cachePoints.isEmpty {
      members += [
        .init("cacheReadInputTokenCount", .integer(tokens.cacheRead)),
        .init("cacheWriteInputTokenCount", .integer(tokens.cacheWrite)),
      ]
    }
    return .object(members)
  }

  private func encode(_ events: [(event: String, payload: JSONValue)]) -> [UInt8] {
    events.flatMap { EventStreamMessage.event($0.event, json: $0.payload.data).encoded() }
  }

  /// A chunk of InvokeModel's stream, which wraps the JSON of the model.
  private func chunk(_ json: JSONValue) -> [UInt8] {
    let payload = JSONValue.object([.init("bytes", .string(json.data.base64EncodedString()))])
    return EventStreamMessage.event("chunk", json: payload.data).encoded()
  }
}
