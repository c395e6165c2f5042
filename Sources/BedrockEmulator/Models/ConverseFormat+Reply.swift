package import AWSWire

extension ConverseFormat {
  /// An event of ConverseStream: its name, and its payload.
  package typealias Event = (event: String, payload: JSONValue)

  package static func reply(_ completion: Completion) -> JSONValue {
    .object(
      [
        .init("metrics", metrics(completion)),
        .init("output", ["message": ["role": "assistant", "content": completion.converseBlocks]]),
        .init("stopReason", completion.stopWord), .init("usage", usage(completion)),
      ] + echoes(completion))
  }

  /// The events before the first block.
  package static func opening(_ completion: Completion) -> [Event] { [("messageStart", ["role": "assistant"])] }

  /// The events before the pieces of a block; for a call of a tool, all of it.
  package static func start(_ block: ReplyBlock, at index: Int, _ completion: Completion) -> [Event] {
    block.converseStart(at: index, completion)
  }

  package static func piece(_ text: Substring, at index: Int) -> Event {
    ReplyBlock.converseDelta(["text": .string(String(text))], at: index)
  }

  package static func reasoningPiece(_ text: Substring) -> Event {
    ReplyBlock.converseDelta(["reasoningContent": ["text": .string(String(text))]], at: 0)
  }

  package static func stop(_ block: ReplyBlock, at index: Int) -> [Event] { block.converseStop(at: index) }

  /// The events after the last block.
  package static func closing(_ completion: Completion) -> [Event] {
    let metadata: [JSONValue.Member] = [.init("usage", usage(completion)), .init("metrics", metrics(completion))]
    return [("messageStop", ["stopReason": completion.stopWord]), ("metadata", .object(metadata + echoes(completion)))]
  }

  private static func metrics(_ completion: Completion) -> JSONValue {
    ["latencyMs": .integer(completion.latencyMilliseconds)]
  }

  private static func usage(_ completion: Completion) -> JSONValue {
    let tokens = completion.tokens
    return [
      "inputTokens": .integer(tokens.input), "outputTokens": .integer(tokens.output),
      "totalTokens": .integer(tokens.allInput + tokens.output), "cacheReadInputTokens": .integer(tokens.cacheRead),
      "cacheWriteInputTokens": .integer(tokens.cacheWrite),
    ]
  }

  /// Settings of the request that the reply repeats.
  private static func echoes(_ completion: Completion) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if completion.input.isLatencyOptimized { members.append(.init("performanceConfig", ["latency": "optimized"])) }
    if let tier = completion.input.serviceTier { members.append(.init("serviceTier", ["type": .string(tier)])) }
    return members
  }
}
