import AWSWire
import BedrockQuotas
import Foundation
import HTTPTypes
import Testing

@testable import Bedquota

/// Bodies of Chat Completions, Responses and Messages: where they go, what they reserve, and what is sent.
struct CompatibleRequestTests {
  private static let hi = #""messages":[{"role":"user","content":"hi"}]"#
  private static let claude = ModelID("anthropic.claude-opus-4-7")
  private static let gpt = ModelID("openai.gpt-5.6-terra")

  private func request(_ api: ModelRequest.API, _ json: String) throws -> ModelRequest {
    try ModelRequest(api, json: Data(json.utf8))
  }

  @Test(
    arguments: [
      (#"{"input":"hi"}"#, nil, .responses),
      (#"{"input":[{"role":"user","content":"hi"}],"max_output_tokens":9}"#, gpt, .responses),
      (#"{"input":"hi"}"#, ModelID("cohere.embed-v4:0"), .invokeModel), (#"{"input":{"a":1}}"#, gpt, .invokeModel),
      (#"{"input":"hi","prompt":"hi"}"#, gpt, .invokeModel),
      ("{\(hi),\"max_tokens\":9}", claude, .messages), ("{\(hi),\"model\":\"us.anthropic.claude-opus-4-7\"}", nil, .messages),
      ("{\(hi),\"max_tokens\":9,\"anthropic_version\":\"bedrock-2023-05-31\"}", claude, .invokeModel),
      ("{\(hi),\"max_tokens\":9,\"anthropic_version\":\"bedrock-2023-05-31\",\"model\":\"x\"}", claude, .invokeModel),
      ("{\(hi),\"model\":\"openai.gpt-5.6-terra\"}", gpt, .chatCompletions),
      ("{\(hi),\"max_completion_tokens\":9}", gpt, .invokeModel),
      ("{\(hi),\"max_tokens\":9}", nil, .invokeModel),
      (#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":9}}"#, claude, .converse),
    ] as [(String, ModelID?, ModelRequest.API)])
  func theShapeDecides(json: String, model: ModelID?, api: ModelRequest.API) throws {
    #expect(ModelRequest.API(shapeOf: try JSONValue(Array(json.utf8)), model: model) == api)
  }

  @Test(
    arguments: [
      (.chatCompletions, #"{"max_completion_tokens":9}"#, 9, nil), (.chatCompletions, #"{"max_tokens":9,"n":3}"#, 27, nil),
      (.chatCompletions, #"{"max_tokens":9,"n":1000000000}"#, 9_000, nil),
      (.chatCompletions, #"{"max_tokens":9,"n":-2}"#, 9, nil),
      (.chatCompletions, #"{"max_output_tokens":9}"#, nil, "max_completion_tokens"),
      (.chatCompletions, #"{"inferenceConfig":{"maxTokens":9}}"#, nil, "max_completion_tokens"),
      (.responses, #"{"max_output_tokens":9}"#, 9, nil), (.responses, #"{"max_tokens":9}"#, nil, "max_output_tokens"),
      (.responses, #"{"max_tokens":9,"max_output_tokens":7}"#, 7, nil), (.responses, #"{"max_tool_calls":2}"#, nil, nil),
      (.messages, #"{"max_tokens":9}"#, 9, nil), (.messages, #"{"max_completion_tokens":9}"#, nil, "max_tokens"),
    ] as [(ModelRequest.API, String, Int?, String?)])
  func theBoundIsThatOfTheAPI(api: ModelRequest.API, json: String, tokens: Int?, named: String?) throws {
    let request = try request(api, json)
    #expect(request.maxTokens == tokens)
    #expect(request.shapeProblem.map { $0.contains("use \(named ?? "")") } == named.map { _ in true })
  }

  /// The bytes of the caller stay; streaming is the call's matter.
  @Test(
    arguments: [
      (.chatCompletions, #"{ "n":1E0,"u":"\u00e9\/" }"#, false, #"{ "n":1E0,"u":"\u00e9\/" ,"model":"m"}"#),
      (.chatCompletions, #"{"model":"m"}"#, true, #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#),
      (
        .chatCompletions, #"{"model":"m","stream":true,"stream_options":{"x":1}}"#, true,
        #"{"model":"m","stream":true,"stream_options":{"x":1,"include_usage":true}}"#
      ),
      (
        .chatCompletions, #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#, false,
        #"{"model":"m","stream":false,"stream_options":null}"#
      ),
      (.chatCompletions, #"{"model":"m","stream":false}"#, false, #"{"model":"m","stream":false}"#),
      (.responses, #"{"model":null}"#, true, #"{"model":"m","stream":true}"#),
      (.messages, "{}", true, #"{"model":"m","stream":true}"#),
      (.messages, #"{"stream":true}"#, false, #"{"stream":false,"model":"m"}"#),
      (.converse, #"{"stream":true}"#, true, #"{"stream":true}"#),
    ] as [(ModelRequest.API, String, Bool, String)])
  func whatIsSent(api: ModelRequest.API, json: String, streamed: Bool, sent: String) throws {
    let body = try request(api, json).operation("m", streamed: streamed).request.body
    #expect(try JSONValue(body) == JSONValue(Data(sent.utf8)))
    // Nothing that the caller wrote is rendered anew.
    #expect(!json.contains("1E0") || String(decoding: body, as: UTF8.self).hasPrefix(String(json.dropLast())))
  }

  @Test func whereItIsSent() throws {
    let paths = try ModelRequest.API.allCases.map { try request($0, "{}").operation("m", streamed: false).request.path }
    #expect(
      paths == [
        "/model/m/invoke", "/model/m/converse", "/openai/v1/chat/completions", "/openai/v1/responses", "/anthropic/v1/messages",
      ])
    let messages = try request(.messages, "{}").operation("m", streamed: true)
    #expect(messages.request.headers.contains { $0.name == "anthropic-version" })
    #expect(messages.iamAction == "bedrock:InvokeModelWithResponseStream")
    #expect(try request(.responses, "{}").operation("m", streamed: false).iamAction == "bedrock:InvokeModel")
    #expect(ModelRequest.API.allCases.filter { $0.endpoints.contains(.mantle) } == [.chatCompletions, .responses, .messages])
  }

  @Test(arguments: ["\"other\"", "7", "[]"])
  func anotherModelIsAnError(model: String) async throws {
    for api in ModelRequest.API.allCases {
      let problem = try request(api, #"{"model":\#(model)}"#).modelProblem("us.m")
      // In the bodies of the families it is the model's own matter.
      #expect((problem == nil) == (api.compatible == nil))
      #expect(problem.map { $0.contains("us.m") && $0.contains("leave model out") } ?? true)
    }
    let client = try ScriptedModel([]).client()
    let request = try request(.responses, #"{"input":"hi","model":\#(model)}"#)
    await #expect(throws: BedquotaError.self) { _ = try await client.send(request) }
    await #expect(throws: BedquotaError.self) { _ = try await client.stream(request) }
    #expect(client.statistics.requests == 0)
  }

  @Test(
    arguments: [
      (.chatCompletions, gpt, "max_completion_tokens"), (.chatCompletions, ModelID("qwen.qwen3-32b-v1:0"), "max_tokens"),
      (.chatCompletions, nil, "max_tokens"), (.responses, nil, "max_output_tokens"), (.messages, nil, "max_tokens"),
    ] as [(ModelRequest.API, ModelID?, String)])
  func maxTokensIsFilledIn(api: ModelRequest.API, model: ModelID?, name: String) throws {
    let filled = try request(api, "{}").filling(maxTokens: 7, for: model)
    #expect(filled.json == Data("{\"\(name)\":7}".utf8) && filled.maxTokens == 7 && filled.api == api)
  }

  /// A prompt that goes on from a stored response may be as long as the context window.
  @Test func aStoredResponseBoundsNothing() throws {
    let resolution = Resolution(id: "m", scope: .onDemand, status: .unknown)
    let (fresh, later) = try (
      request(.responses, #"{"input":"hi","previous_response_id":null}"#),
      request(.responses, #"{"input":"hi","previous_response_id":"resp_1"}"#)
    )
    #expect(!fresh.usesStoredPrompt && later.usesStoredPrompt)
    let bounds = [fresh, later].map { UsageBound(InputSize($0.body), of: $0, resolution).inputMax }
    #expect(bounds[0] < 10_000 && bounds[1] > 1_000_000)
  }

  /// OpenAI counts what it reads from its cache and writes to it as input.
  @Test(
    arguments: [
      (
        .chatCompletions,
        #"{"prompt_tokens":90,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":50,"cache_write_tokens":30}}"#,
        TokenUsage(input: 10, output: 4, cacheRead: 50, cacheWrite: 30)
      ),
      (
        .responses,
        #"{"input_tokens":90,"output_tokens":4,"input_tokens_details":{"cached_tokens":50,"cache_write_tokens":30}}"#,
        TokenUsage(input: 10, output: 4, cacheRead: 50, cacheWrite: 30)
      ),
      (
        .responses,
        #"{"input_tokens":90,"output_tokens":4,"input_tokens_details":{"cached_tokens":500,"cache_write_tokens":-3}}"#,
        TokenUsage(input: 0, output: 4, cacheRead: 90)
      ),
      (.responses, #"{"input_tokens":-9e300,"output_tokens":9e300}"#, TokenUsage(input: 0, output: TokenUsage.tokensMax)),
      (
        .messages, #"{"input_tokens":9,"output_tokens":4,"cache_read_input_tokens":5,"cache_creation_input_tokens":3}"#,
        TokenUsage(input: 9, output: 4, cacheRead: 5, cacheWrite: 3)
      ),
      (.chatCompletions, #"{"input_tokens":9,"output_tokens":4}"#, nil),
      (.responses, #"{"input_tokens":"9","output_tokens":4}"#, nil),
    ] as [(ModelRequest.API, String, TokenUsage?)])
  func theUsageOfAWholeReply(api: ModelRequest.API, usage: String, expected: TokenUsage?) throws {
    #expect(api.usage(of: try JSONValue(Array(#"{"usage":\#(usage)}"#.utf8)), [:]) == expected)
  }
}
