package import AWSWire

extension ConverseFormat {
  /// An event of ConverseStream: its name, and its payload.
  package typealias Event = (event: String, payload: JSONValue)

  package static func reply(_ completion: Completion) -> JSONValue {
    .object(
      [
        .init("metrics", metrics(completion)),
        .init("output", ["message": ["role": "assistant", "content": [completion.converseBlock]]]),
        .init("stopReason", completion.stopWord), .init("usage", usage(completion)),
      ] + echoes(completion))
  }

  /// The events before the text; for a tool call, the whole call.
  package static func opening(_ completion: Completion) -> [Event] {
    let start: Event = ("messageStart", ["role": "assistant"])
    guard let tool = completion.calledTool else { return [start] }
    return [
      start,
      (
        "contentBlockStart",
        ["start": ["toolUse": ["toolUseId": completion.toolUseID, "name": .string(tool)]], "contentBlockIndex": 0]
      ),
      ("contentBlockDelta", ["delta": ["toolUse": ["input": .string(completion.input.toolInput.text)]], "contentBlockIndex": 0]),
    ]
  }

  package static func piece(_ text: Substring) -> Event {
    ("contentBlockDelta", ["delta": ["text": .string(String(text))], "contentBlockIndex": 0])
  }

  package static func closing(_ completion: Completion) -> [Event] {
    let metadata: [JSONValue.Member] = [.init("usage", usage(completion)), .init("metrics", metrics(completion))]
    return [
      ("contentBlockStop", ["contentBlockIndex": 0]), ("messageStop", ["stopReason": completion.stopWord]),
      ("metadata", .object(metadata + echoes(completion))),
    ]
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
