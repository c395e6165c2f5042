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
    var pending = events.opening(completion)
    var sent = 0
    var fault = plan.fault
    for (index, (block, length)) in zip(completion.blocks, completion.blockTokens).enumerated() {
      pending += events.start(block, at: index, completion)
      var begun = 0
      while begun < length {
        if !pending.isEmpty { try await sink.write(pending) }
        pending = []
        let count = min(ReplySettings.tokensPerEvent, length - begun)
        try await clock.sleep(plan.delay(ofToken: sent + count), after: plan.start)
        if invocation.isOver { throw CancellationError() }
        if sent + count > output / 2 {
          if try await breaks(&sink, invocation, plan, fault) { return }
          fault = nil  // A fault happens once.
        }
        let piece = events.piece(of: block, from: begun, count, sent: sent, completion)
        if !piece.isEmpty { try await sink.write(piece) }
        begun += count
        sent += count
        invocation.progress(output: sent)
      }
      // A stream that breaks leaves its last block open.
      let isBroken = plan.ending != nil && index == completion.blocks.count - 1
      if !isBroken { pending += events.stop(block, at: index, completion) }
    }
    if let ending = plan.ending {
      if !pending.isEmpty { try await sink.write(pending) }
      invocation.breakOff(ending.outcome)
      return try await sink.write(Self.exception(ending))
    }
    completion.latencyMilliseconds = clock.milliseconds(since: plan.start)
    // Settle before the client can read the end, so that its next request finds the quota free.
    invocation.finish(
      output: output, latencyMilliseconds: completion.latencyMilliseconds,
      firstTokenMilliseconds: completion.firstTokenMilliseconds)
    try await sink.write(pending + events.closing(completion))
  }

  /// Carries out a fault in the middle of the stream.
  /// - Returns: whether the stream is over.
  private func breaks(
    _ sink: inout any ResponseSink, _ invocation: OpenInvocation, _ plan: PlannedReply, _ fault: FaultPlan.Fault?
  ) async throws -> Bool {
    switch fault {
    case .drop:
      invocation.breakOff(.serverError)
      throw ConnectionDropped()
    case .stall:
      let begun = clock.now - plan.start.instant
      try await clock.sleep(begun + Int64(ReplySettings.stallSeconds * 1e9), after: plan.start)
      return false
    default:
      guard let exception = fault?.exception else { return false }
      invocation.breakOff(exception.outcome)
      try await sink.write(Self.exception(exception))
      return true
    }
  }

  /// The last event of a stream that fails.
  private static func exception(_ exception: StreamException) -> [UInt8] {
    var payload: [JSONValue.Member] = [.init("message", .string(exception.message))]
    if exception.name == StreamException.modelStreamError {
      payload += [
        .init("originalStatusCode", 500), .init("originalMessage", "The model stopped in the middle of its reply."),
      ]
    }
    return EventStreamMessage.exception(exception.name, json: JSONValue.object(payload).data).encoded()
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

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    guard let family else { return encode(ConverseFormat.start(block, at: index, completion)) }
    return family.start(block, at: index, completion).flatMap(chunk)
  }

  /// A piece of a block: the `count` tokens from the block's token `token` on, after `sent` tokens of the reply. Empty if
  /// nothing is shown of them.
  func piece(of block: ReplyBlock, from token: Int, _ count: Int, sent: Int, _ completion: Completion) -> [UInt8] {
    switch block {
    case .toolUse: return []
    case .text(let text):
      let piece = text.text(ofTokens: count, from: token)
      guard !piece.isEmpty else { return [] }
      guard let family else { return encode([ConverseFormat.piece(piece, at: completion.textIndex)]) }
      return chunk(family.piece(piece, tokensBefore: sent, tokens: count, completion))
    case .reasoning(let reasoning):
      let piece = reasoning.text.text(ofTokens: count, from: token)
      guard !piece.isEmpty else { return [] }
      guard let family else { return encode([ConverseFormat.reasoningPiece(piece)]) }
      return family.reasoningPiece(piece, completion).map(chunk) ?? []
    }
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    guard let family else { return encode(ConverseFormat.stop(block, at: index)) }
    return family.stop(block, at: index, completion).flatMap(chunk)
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
