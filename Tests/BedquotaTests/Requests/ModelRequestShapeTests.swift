import AWSWire
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// Which operation a body goes to, by its own shape.
struct ModelRequestShapeTests {
  private static let hi = #""messages":[{"role":"user","content":[{"text":"hi"}]}]"#

  @Test(
    arguments: [
      "{\(hi)}", #"{\#(hi),"inferenceConfig":{"maxTokens":7,"temperature":0.5,"topP":0.9,"stopSequences":["x"]}}"#,
      #"{\#(hi),"system":[{"text":"be brief"}]}"#, #"{\#(hi),"toolConfig":{"tools":[]}}"#,
      #"{"promptVariables":{"a":{"text":"b"}}}"#,
      #"{\#(hi),"additionalModelRequestFields":{"top_k":5,"max_tokens":300}}"#, #"{\#(hi),"inferenceConfig":null}"#,
      #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"iVBO"}}},{"text":"what?"}]}]}"#,
    ])
  func converse(json: String) throws {
    #expect(ModelRequest.API(shapeOf: try JSONValue(Array(json.utf8))) == .converse)
  }

  @Test(
    arguments: [
      #"{\#(hi),"inferenceConfig":{"max_new_tokens":7}}"#, #"{\#(hi),"inferenceConfig":{"maxTokens":7,"topK":20}}"#,
      #"{\#(hi),"inferenceConfig":{"max_new_tokens":7,"top_p":1}}"#, #"{\#(hi),"schemaVersion":"messages-v1"}"#,
      #"{\#(hi),"max_tokens":7}"#, #"{\#(hi),"temperature":0.1}"#, #"{\#(hi),"top_p":0.1}"#, #"{\#(hi),"top_k":5}"#,
      #"{\#(hi),"system":"be brief"}"#, #"{\#(hi),"anthropic_version":"bedrock-2023-05-31"}"#,
      #"{\#(hi),"max_completion_tokens":7}"#,
      #"{"messages":[{"role":"user","content":"hi"}]}"#,
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#,
      #"{"messages":[{"role":"user","content":[{"text":"hi"}]},{"role":"assistant","content":"ho"}]}"#,
      #"{"messages":[{"role":"user","content":[{"text":"hi","cachePoint":{"type":"default"}}]}]}"#,
      #"{"prompt":"hi"}"#, #"{"inputText":"hi"}"#, "{}", #"{"messages":[]}"#, #"{"taskType":"TEXT_IMAGE"}"#,
    ])
  func invokeModel(json: String) throws {
    #expect(ModelRequest.API(shapeOf: try JSONValue(Array(json.utf8))) == .invokeModel)
  }

  @Test func embeddingModelsHaveNoConverse() throws {
    let body = try JSONValue(Array("{\(Self.hi)}".utf8))
    #expect(ModelRequest.API(shapeOf: body, model: ModelID("cohere.embed-v4:0")) == .invokeModel)
  }

  /// Nova without a schemaVersion keeps its bound.
  @Test func aRecordKeepsItsBound() throws {
    let line = #"{"modelInput":{\#(Self.hi),"inferenceConfig":{"max_new_tokens":7}}}"#
    let request = try #require(BatchRecord(index: 0, line: Data(line.utf8)).request())
    #expect(request.api == .invokeModel && request.maxTokens == 7)
  }

  @Test(arguments: [#""maxTokens":7"#, #""inferenceConfig":{"maxTokenCount":7}"#, #""maxOutputTokens":7"#])
  func aBoundThatConverseDropsIsAnError(member: String) async throws {
    let json = #"{\#(Self.hi),\#(member)}"#
    let record = BatchRecord(index: 0, line: Data(#"{"modelInput":\#(json)}"#.utf8))
    #expect(record.request()?.shapeProblem?.contains("bound of the output") == true)
    let client = try ScriptedModel([.reply("Fine.", output: 2)]).client()
    let request = try ModelRequest(.converse, json: Data(json.utf8))
    let error = await #expect(throws: BedquotaError.self) { _ = try await client.send(request) }
    #expect(error?.code == .request && client.statistics.attempted == 0)
  }

  /// Converse refuses them, whether beside maxTokens or alone.
  @Test(
    arguments: [
      #"{"max_tokens":7}"#, #"{"max_completion_tokens":7}"#, #"{"max_new_tokens":7}"#, #"{"max_gen_len":7}"#,
      #"{"inferenceConfig":{"max_new_tokens":7}}"#, #"{"textGenerationConfig":{"maxTokenCount":7}}"#, #"{"max_tokens":"7"}"#,
    ], [#""inferenceConfig":{"maxTokens":9},"#, ""])
  func anAdditionalBoundIsAnError(fields: String, config: String) async throws {
    let json = #"{\#(Self.hi),\#(config)"additionalModelRequestFields":\#(fields)}"#
    let client = try ScriptedModel([.reply("Fine.", output: 2)]).client()
    let request = try ModelRequest(.converse, json: Data(json.utf8))
    #expect(request.maxTokens == (config.isEmpty ? nil : 9), "what Converse doesn't take bounds nothing")
    let error = await #expect(throws: BedquotaError.self) { _ = try await client.send(request) }
    #expect(error?.message.contains("use inferenceConfig.maxTokens") == true && client.statistics.attempted == 0)
  }

  @Test(arguments: [#"{"top_k":5}"#, #"{"max_tokens":null}"#, #"{"reasoning_effort":"high"}"#])
  func otherAdditionalFieldsPass(fields: String) throws {
    let json = #"{\#(Self.hi),"additionalModelRequestFields":\#(fields)}"#
    #expect(try ModelRequest(.converse, json: Data(json.utf8)).shapeProblem == nil)
  }

  /// Claude's thinking is a part of its output.
  @Test(
    arguments: [
      (
        ModelRequest.API.converse,
        #""inferenceConfig":{"maxTokens":2000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}}"#,
        nil, true
      ),
      (
        .converse,
        #""inferenceConfig":{"maxTokens":2001},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}}"#,
        nil, false
      ),
      (.converse, #""additionalModelRequestFields":{"reasoning_config":{"type":"enabled","budget_tokens":2000}}"#, 100, true),
      (.converse, #""additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}}"#, nil, false),
      (.invokeModel, #""max_tokens":100,"thinking":{"type":"enabled","budget_tokens":1024}"#, nil, true),
      (.invokeModel, #""thinking":{"type":"enabled","budget_tokens":1024}"#, 100, true),
      (.invokeModel, #""max_tokens":100,"thinking":{"type":"adaptive"}"#, nil, false),
      (
        .invokeModel,
        #""max_tokens":100,"thinking":{"type":"enabled","budget_tokens":1024},"anthropic_beta":["interleaved-thinking-2025-05-14"]"#,
        nil, false
      ),
    ] as [(ModelRequest.API, String, Int?, Bool)])
  func aThinkingBudgetIsBelowMaxTokens(api: ModelRequest.API, members: String, fill: Int?, isProblem: Bool) async throws {
    var options = QuotaAwareClient.Options()
    options.maxTokensWhenUnset = fill
    let client = try ScriptedModel([.reply("Fine.", output: 2), .reply("Fine.", output: 2)]).client(options)
    let request = try ModelRequest(api, json: Data("{\(Self.hi),\(members)}".utf8))
    do {
      _ = try await client.send(request)
      #expect(!isProblem)
    } catch let error as BedquotaError {
      #expect(isProblem && error.message.contains("thinking budget of") && client.statistics.attempted == 0)
    }
  }

  /// Nova takes `max_new_tokens` and `maxTokens`, and ignores other names.
  @Test(arguments: [(#""max_tokens":7"#, true), (#""maxTokenCount":7"#, true), (#""max_tokens":7,"maxTokens":7"#, false)])
  func aBoundThatTheModelIgnoresIsAnError(member: String, isProblem: Bool) throws {
    let json = #"{\#(Self.hi),"inferenceConfig":{\#(member),"topK":1}}"#
    let request = try ModelRequest(.invokeModel, json: Data(json.utf8))
    #expect(request.shapeProblem?.contains("ignores inferenceConfig.") ?? false == isProblem)
  }

  @Test func otherMembersThatConverseDropsAreNoted() async throws {
    let client = try ScriptedModel([.reply("Fine.", output: 2)]).client()
    let json = #"{\#(Self.hi),"inferenceConfig":{"maxTokens":7,"flavour":1},"colour":"red"}"#
    _ = try await client.send(ModelRequest(.converse, json: Data(json.utf8)))
    #expect(client.notes.contains { $0.contains("colour and 1 more") })
  }

  @Test(arguments: [#""max_tokens":"50""#, #""max_tokens":1.5"#, #""max_tokens":true"#])
  func aValueThatIsNoNumberIsLeftToTheService(member: String) throws {
    let request = try ModelRequest(.invokeModel, json: Data(#"{\#(Self.hi),\#(member)}"#.utf8))
    #expect(request.maxTokens == nil)
    #expect(request.filling(maxTokens: 9, for: ModelID("anthropic.claude-opus-4-7")).body == request.body)
  }

  /// Models without output tokens refuse a member that they don't know.
  @Test(
    arguments: [
      ("stability.sd3-5-large-v1:0", #"{"prompt":"a cat"}"#, nil), ("luma.ray-v2:0", #"{"prompt":"a cat"}"#, nil),
      ("amazon.nova-canvas-v1:0", #"{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"a cat"}}"#, nil),
      ("cohere.rerank-v3-5:0", #"{"query":"a","documents":["b"]}"#, nil),
      ("cohere.embed-v4:0", #"{"texts":["a"]}"#, nil), ("cohere.command-r-v1:0", #"{"message":"a"}"#, "max_tokens"),
      ("twelvelabs.pegasus-1-2-v1:0", #"{"inputPrompt":"a"}"#, "maxOutputTokens"),
      ("meta.llama3-70b-instruct-v1:0", #"{"prompt":"a"}"#, "max_gen_len"),
    ] as [(String, String, String?)])
  func maxTokensIsFilledWhereTheModelHasIt(model: String, json: String, member: String?) throws {
    let request = try ModelRequest(.invokeModel, json: Data(json.utf8))
    let filled = request.filling(maxTokens: 9, for: ModelID(model))
    #expect(member.map { filled.body[$0] == 9 } ?? (filled.json == request.json))
  }

  @Test(arguments: [("9e18", 1_000_000_000), ("1e300", 1_000_000_000), ("-9e18", 0), ("7.0", 7)])
  func maxTokensIsClamped(number: String, expected: Int) throws {
    #expect(try ModelRequest(.invokeModel, json: Data(#"{"max_tokens":\#(number)}"#.utf8)).maxTokens == expected)
  }
}
