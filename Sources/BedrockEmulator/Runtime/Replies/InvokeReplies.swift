import AWSServer
import AWSWire
import Foundation

/// The replies of InvokeModel, and the chunks of its stream: the JSON of the model, wrapped.
struct InvokeReplies: ReplyFormat {
  let family: any ModelFamily

  var streams: Bool { family.streams }

  func reply(_ completion: Completion, tellsUsage: Bool) -> ServerResponse {
    var response = ServerResponse.json(family.reply(completion).data)
    guard tellsUsage else { return response }
    let tokens = completion.tokens
    response.headers += [
      ("X-Amzn-Bedrock-Input-Token-Count", "\(tokens.input)"),
      ("X-Amzn-Bedrock-Output-Token-Count", "\(tokens.output)"),
      ("X-Amzn-Bedrock-Invocation-Latency", "\(completion.latencyMilliseconds)"),
    ]
    if !completion.input.cachePoints.isEmpty {
      response.headers += [
        ("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "\(tokens.cacheRead)"),
        ("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", "\(tokens.cacheWrite)"),
      ]
    }
    response.headers += Self.echoes(completion.input)
    return response
  }

  func streamHeaders(_ completion: Completion) -> [(name: String, value: String)] {
    [("Content-Type", "application/vnd.amazon.eventstream"), ("X-Amzn-Bedrock-Content-Type", "application/json")]
      + Self.echoes(completion.input)
  }

  func opening(_ completion: Completion) -> [UInt8] { family.opening(completion).flatMap(chunk) }

  func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    family.start(block, at: index, completion).flatMap(chunk)
  }

  func piece(_ piece: ReplyPiece, _ completion: Completion) -> [UInt8] {
    piece.isReasoning
      ? family.reasoningPiece(piece.text, completion).map(chunk) ?? []
      : chunk(family.piece(piece.text, tokensBefore: piece.tokensBefore, tokens: piece.tokens, completion))
  }

  func stop(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [UInt8] {
    family.stop(block, at: index, completion).flatMap(chunk)
  }

  func closing(_ completion: Completion, tellsUsage: Bool) -> [UInt8] {
    var chunks = family.closing(completion)
    if tellsUsage, case .object(let members)? = chunks.last {
      chunks[chunks.count - 1] = .object(members + [.init("amazon-bedrock-invocationMetrics", metrics(completion))])
    }
    return chunks.flatMap(chunk)
  }

  func failure(_ exception: StreamException, _ completion: Completion) -> [UInt8] { exception.encoded }

  /// Settings of the request that Bedrock repeats in the headers of the reply.
  private static func echoes(_ input: InvocationInput) -> [(name: String, value: String)] {
    (input.isLatencyOptimized ? [("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized")] : [])
      + (input.serviceTier.map { [("X-Amzn-Bedrock-Service-Tier", $0)] } ?? [])
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

  private func chunk(_ json: JSONValue) -> [UInt8] {
    let payload = JSONValue.object([.init("bytes", .string(json.data.base64EncodedString()))])
    return EventStreamMessage.event("chunk", json: payload.data).encoded()
  }
}
