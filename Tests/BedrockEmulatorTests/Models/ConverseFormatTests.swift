import AWSServer
import AWSWire
import BedrockEmulator
import BedrockQuotas
import Testing

struct ConverseFormatTests {
  private func input(_ body: String) throws -> InvocationInput {
    let model = try #require(ModelID("amazon.nova-pro-v1:0"))
    return try ConverseFormat.input(from: JSONValue(Array(body.utf8)), model: model)
  }

  private func completion(_ stop: StopReason = .endTurn, tool: String? = nil, tier: String? = nil, isOptimized: Bool = false)
    throws
    -> Completion
  {
    Completion(
      model: try #require(ModelID("amazon.nova-pro-v1:0")), id: "abcdefghijklmnopqrstuvwx",
      input: InvocationInput(inputTokens: 9, forcedTool: tool, isLatencyOptimized: isOptimized, serviceTier: tier),
      text: tool == nil ? "the sun and" : "", tokens: TokenCounts(input: 4, cacheRead: 3, cacheWrite: 2, output: 3), stop: stop,
      seed: 7, createdAt: 1_700_000_000, latencyMilliseconds: 15, firstTokenMilliseconds: 5)
  }

  private func json(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

  @Test(arguments: [
    (#"{"text": "12345678"}"#, 2), (#"{"text": "12345678"}, {"text": "9"}"#, 3),
    (#"{"image": {"format": "png", "source": {"bytes": "AAAA"}}}"#, 1_568),
    (#"{"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v"}}}}, {"text": "abcd"}"#, 1_569),
    (#"{"document": {"name": "d", "format": "pdf", "source": {"bytes": "AAAAAAAAAAA="}}}"#, 2),
    (#"{"document": {"name": "d", "source": {"text": "1234"}}}"#, 1),
    (#"{"document": {"name": "d", "source": {"content": [{"text": "1234"}, {"text": "5678"}]}}}"#, 2),
    (#"{"toolUse": {"toolUseId": "i", "name": "ab", "input": {}}}"#, 1),
    (#"{"toolResult": {"toolUseId": "i", "content": [{"text": "1234"}, {"json": {"a":1}}]}}"#, 3),
    (#"{"guardContent": {"text": {"text": "1234", "qualifiers": ["query"]}}}"#, 1),
    (#"{"reasoningContent": {"reasoningText": {"text": "1234", "signature": "s"}}}"#, 1),
    (#"{"searchResult": {"source": "ab", "title": "cd", "content": [{"text": "1234"}]}}"#, 2),
    (#"{"newBlock": {}}"#, 1),
  ])
  func countsEveryKindOfBlock(blocks: String, tokens: Int) throws {
    #expect(try input(#"{"messages": [{"role": "user", "content": [\#(blocks)]}]}"#) == InvocationInput(inputTokens: tokens))
  }

  @Test func readsTheConfiguration() throws {
    let input = try input(
      """
      {"messages": [{"role": "user", "content": [{"text": "abcd"}]}], "inferenceConfig": {"maxTokens": 7, "stopSequences": ["x"],
       "temperature": 0.5, "topP": 1}, "performanceConfig": {"latency": "optimized"}, "serviceTier": {"type": "flex"},
       "additionalModelRequestFields": {"top_k": 1}, "somethingNew": 1, "system": null}
      """)
    #expect(
      input
        == InvocationInput(inputTokens: 1, maxTokens: 7, stopSequences: ["x"], isLatencyOptimized: true, serviceTier: "flex"))
  }

  @Test(arguments: [(#"{"any": {}}"#, "a"), (#"{"tool": {"name": "a"}}"#, "a"), (#"{"auto": {}}"#, nil)])
  func findsCachePointsAndTheForcedTool(choice: String, tool: String?) throws {
    // {"name":"a","inputSchema":{}} is 29 bytes.
    let input = try input(
      """
      {"toolConfig": {"tools": [{"toolSpec": {"name": "a", "inputSchema": {}}}, {"cachePoint": {"type": "default"}}],
       "toolChoice": \(choice)}, "system": [{"text": "abc"}, {"cachePoint": {"type": "default", "ttl": "1h"}}],
       "messages": [{"role": "user", "content": [{"text": "abcd"}, {"cachePoint": {"type": "default"}}]}]}
      """)
    #expect(input.cachePoints.map(\.tokens) == [8, 8, 9] && Set(input.cachePoints.map(\.prefixHash)).count == 3)
    #expect(input.forcedTool == tool && input.inputTokens == 9)
  }

  private static let start =
    "A conversation must start with a user message. Try again with a conversation that starts with a user message."
  private static let question = #"{"messages": [{"role": "user", "content": [{"text": "x"}]}], "#

  static let invalid: [(body: String, message: String)] = [
    ("{}", start), (#"{"messages": null}"#, start), (#"{"messages": []}"#, start),
    (#"{"messages": [{"role": "assistant", "content": [{"text": "x"}]}]}"#, start),
    (
      #"{"messages": [{"role": "user", "content": [{"text": "x"}]}, {"role": "user", "content": [{"text": "x"}]}]}"#,
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again."
    ),
    (
      #"{"messages": [{"role": "user", "content": []}]}"#,
      "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again."
    ),
    (
      #"{"messages": [{"role": "user", "content": [{"text": "x"}, {"text": " \n"}]}]}"#,
      "The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again."
    ),
    (
      #"{"messages": [{"role": "system", "content": [{"text": "x"}]}]}"#,
      "1 validation error detected: Value 'system' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]"
    ),
    (
      question + #""inferenceConfig": {"maxTokens": 0}}"#,
      "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1"
    ),
    (
      question + #""inferenceConfig": {"temperature": 1.5}}"#,
      "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1"
    ),
    (
      question + #""serviceTier": {"type": "cheap"}}"#,
      "1 validation error detected: Value 'cheap' at 'serviceTier.type' failed to satisfy constraint: Member must satisfy enum value set: [priority, default, flex, reserved]"
    ),
    (
      question + #""toolConfig": {"tools": []}}"#,
      "1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1"
    ),
  ]

  @Test(arguments: invalid)
  func refusesWhatConverseRefuses(body: String, message: String) {
    #expect(throws: AWSFault(code: "ValidationException", message: message)) { try input(body) }
  }

  @Test(arguments: [
    ("[]", "Start of list found where not expected."),
    (#"{"messages": {}}"#, "Start of structure or map found where not expected."),
    (#"{"messages": [{"role": 1}]}"#, "NUMBER_VALUE can not be converted to a String"),
    (#"{"messages": [{"role": "user", "content": [{"toolUse": "x"}]}]}"#, "STRING_VALUE can not be converted to a JSONObject"),
    (question + #""inferenceConfig": {"maxTokens": 0.5}}"#, "DECIMAL_VALUE can not be converted to an Integer"),
    (question + #""inferenceConfig": {"maxTokens": 1e300}}"#, "NUMBER_VALUE can not be converted to an Integer"),
    (question + #""inferenceConfig": {"maxTokens": 9223372036854775808}}"#, "NUMBER_VALUE can not be converted to an Integer"),
    (question + #""inferenceConfig": {"maxTokens": "1"}}"#, "STRING_VALUE can not be converted to an Integer"),
  ])
  func wrongTypesAreNoValidationErrors(body: String, message: String) {
    let fault = AWSFault(code: "SerializationException", message: message, status: 400, isModelled: false)
    #expect(throws: fault) { try input(body) }
  }

  /// Whatever stands in whatever place, there is an input that makes sense, or one of the two errors.
  @Test func oddValuesAreReadOrRefused() throws {
    let body = try json(
      #"{"messages": [{"role": "user", "content": [{"text": "x"}, {"image": {"source": {"bytes": "AA=="}}}, {"document": {"name": "d", "context": "x", "source": {"bytes": "AA=="}}}, {"toolUse": {"name": "t", "input": {}}}, {"toolResult": {"content": [{"json": {}}]}}, {"guardContent": {"text": {"text": "x"}}}, {"reasoningContent": {"reasoningText": {"text": "x"}}}, {"searchResult": {"source": "s", "title": "t", "content": [{"text": "x"}]}}, {"cachePoint": {"type": "default"}}]}], "system": [{"text": "x"}, {"cachePoint": {}}], "toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {}}}}, {"cachePoint": {}}], "toolChoice": {"tool": {"name": "t"}}}, "inferenceConfig": {"maxTokens": 1, "temperature": 0.5, "stopSequences": ["x"]}, "performanceConfig": {"latency": "standard"}, "serviceTier": {"type": "default"}}"#
    )
    let model = try #require(ModelID("amazon.nova-pro-v1:0"))
    _ = try ConverseFormat.input(from: body, model: model)
    for variant in variants(of: body) {
      do throws(AWSFault) {
        let input = try ConverseFormat.input(from: variant, model: model)
        #expect(input.inputTokens >= 1 && input.maxTokens ?? 1 >= 1 && input.forcedTool != "")
      } catch {
        #expect(
          ["ValidationException", "SerializationException"].contains(error.code),
          "\(String(decoding: variant.data, as: UTF8.self))")
      }
    }
  }

  @Test(arguments: [
    (StopReason.endTurn, "end_turn"), (.maxTokens, "max_tokens"), (.stopSequence("x"), "stop_sequence"),
  ])
  func repliesWithText(stop: StopReason, word: String) throws {
    let reply = try ConverseFormat.reply(completion(stop))
    #expect(
      try reply
        == json(
          #"{"metrics":{"latencyMs":15},"output":{"message":{"role":"assistant","content":[{"text":"the sun and"}]}},"stopReason":"\#(word)","usage":{"inputTokens":4,"outputTokens":3,"totalTokens":12,"cacheReadInputTokens":3,"cacheWriteInputTokens":2}}"#
        ))
  }

  @Test func repliesWithACallOfATool() throws {
    let reply = try ConverseFormat.reply(completion(.toolUse, tool: "t"))
    #expect(reply["stopReason"] == "tool_use")
    #expect(
      try reply["output"]?["message"]?["content"]
        == json(#"[{"toolUse":{"toolUseId":"tooluse_abcdefghijklmnopqrstuvwx","name":"t","input":{}}}]"#))
  }

  @Test func repeatsTierAndLatencyOnlyWhereTheyWereAskedFor() throws {
    let asked = try completion(tier: "priority", isOptimized: true)
    for echo in [ConverseFormat.reply(asked), try #require(ConverseFormat.closing(asked).last?.payload)] {
      #expect(echo["serviceTier"] == ["type": "priority"] && echo["performanceConfig"] == ["latency": "optimized"])
    }
    let plain = try ConverseFormat.reply(completion())
    #expect(plain["serviceTier"] == nil && plain["performanceConfig"] == nil)
  }

  @Test func streamsText() throws {
    let completion = try completion(.maxTokens)
    let events =
      ConverseFormat.opening(completion) + ConverseFormat.start(completion.blocks[0], at: 0, completion)
      + [ConverseFormat.piece(completion.text.prefix(4), at: 0), ConverseFormat.piece(completion.text.dropFirst(4), at: 0)]
      + ConverseFormat.stop(completion.blocks[0], at: 0) + ConverseFormat.closing(completion)
    #expect(
      events.map(\.event) == [
        "messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata",
      ])
    #expect(events.compactMap { $0.payload["delta"]?["text"]?.string }.joined() == completion.text)
    #expect(events[4].payload == ["stopReason": "max_tokens"])
    #expect(
      try events[5].payload
        == json(
          #"{"usage":{"inputTokens":4,"outputTokens":3,"totalTokens":12,"cacheReadInputTokens":3,"cacheWriteInputTokens":2},"metrics":{"latencyMs":15}}"#
        ))
  }

  @Test func streamsACallOfATool() throws {
    let completion = try completion(.toolUse, tool: "t")
    let events = ConverseFormat.start(completion.blocks[0], at: 0, completion)
    #expect(events.map(\.event) == ["contentBlockStart", "contentBlockDelta"])
    #expect(
      try events[0].payload
        == json(#"{"start":{"toolUse":{"toolUseId":"tooluse_abcdefghijklmnopqrstuvwx","name":"t"}},"contentBlockIndex":0}"#))
    #expect(events[1].payload == ["delta": ["toolUse": ["input": "{}"]], "contentBlockIndex": 0])
  }
}
