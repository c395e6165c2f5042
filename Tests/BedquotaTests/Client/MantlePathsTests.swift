import AWSClient
import AWSWire
import BedrockQuotas
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Bedquota

/// Where requests to bedrock-mantle go.
struct MantlePathsTests {
  @Test(arguments: [
    ("openai.gpt-5.4", "/openai/v1", "/v1"), ("openai.gpt-oss-20b", "/v1", "/openai/v1"), ("acme.new", "/v1", "/openai/v1"),
  ])
  func theFactsSayWhichAndTheOtherIsTried(id: String, first: String, second: String) {
    var paths = MantlePaths(ModelID(id))
    #expect(paths.base(of: .responses) == first && paths.base(of: .messages) == "/anthropic/v1")
    #expect(paths.alternative(to: first, for: .responses) == second && paths.alternative(to: second, for: .responses) == first)
    #expect(paths.alternative(to: "/anthropic/v1", for: .messages) == nil)
    paths.answered(second, for: .responses)
    #expect(paths.base(of: .responses) == second && paths.base(of: .chatCompletions) == first)
  }

  @Test(arguments: [
    ("model `m` isn't supported on this route", 400, true), ("The model 'm' does not support the '/v1/responses' API", 400, true),
    ("max_tokens is not supported", 400, false), ("isn't supported on this route", 503, false),
  ])
  func refusals(message: String, status: Int, isRefusal: Bool) {
    let service = AWSClientError.Service(code: "validation_error", message: message, status: status, requestID: nil, body: [])
    #expect(MantlePaths.isRefusal(AWSClientError(.service, message, service: service)) == isRefusal)
    #expect(!MantlePaths.isRefusal(AWSClientError(.transport, message)))
  }

  /// One request more, and from then on the other path at once.
  @Test func aRefusedPathIsTriedOnce() async throws {
    let refused = ScriptedTransport.Step.reply(
      status: 400, body: #"{"error":{"message":"model `m` isn't supported on this route"}}"#)
    let fine = ScriptedTransport.Step.reply(
      status: 200, body: #"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#)
    let transport = ScriptedTransport([refused, fine, fine, refused, refused])
    let client = QuotaAwareClient(
      Resolution(id: "acme.new-v1:0", modelID: ModelID("acme.new-v1:0"), scope: .mantle, status: .unknown),
      session: BedquotaSession(
        client: AWSClient(configuration: try TestEmulator.configuration(url: "http://127.0.0.1:1"), transport: transport)))
    let request = ModelRequest(.chatCompletions, body: ["messages": [["role": "user", "content": "Hi"]], "max_tokens": 5])
    for _ in 0..<2 { #expect(try await client.send(request).text == "Hi") }
    await #expect(throws: AWSClientError.self) { try await client.send(request) }
    let heads = transport.requests.map(\.head)
    #expect(
      heads.map(\.path)
        == ["/v1", "/openai/v1", "/openai/v1", "/openai/v1", "/v1"].map { "/bedrock-mantle\($0)/chat/completions" })
    #expect(heads.allSatisfy { $0.headerFields[.authorization]?.contains("/us-east-1/bedrock-mantle/aws4_request") == true })
    #expect(transport.requests.allSatisfy { (try? JSONValue($0.body))?["model"] == "acme.new" })
    #expect(client.statistics.attempted == 3 && client.notes.contains { $0.contains("No quota of input and output tokens") })
  }

  @Test func nativeRequestsAreRefusedInWords() async throws {
    let client = QuotaAwareClient(
      Resolution(id: "openai.gpt-5.4", modelID: ModelID("openai.gpt-5.4"), scope: .mantle, status: .unknown),
      session: BedquotaSession(
        client: AWSClient(
          configuration: try TestEmulator.configuration(url: "http://127.0.0.1:1"), transport: ScriptedTransport([]))))
    let error = await #expect(throws: BedquotaError.self) { try await client.send(ModelRequest(prompt: "Hi", maxTokens: 5)) }
    #expect(error?.message.contains("Chat Completions, Responses or Messages") == true)
  }

  @Test(arguments: [
    ("openai.gpt-5.6-terra", #"{"input":"Hi"}"#, ModelRequest.API.responses),
    ("openai.gpt-6-sol", #"{"messages":[]}"#, .chatCompletions),
    ("anthropic.claude-opus-4-7", #"{"messages":[],"anthropic_version":"x"}"#, .messages),
    ("openai.gpt-6-sol", #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#, .converse),
  ])
  func shapes(model: String, json: String, api: ModelRequest.API) throws {
    #expect(ModelRequest.API(shapeOf: try JSONValue(Array(json.utf8)), model: ModelID(model), on: .mantle) == api)
  }

  @Test(arguments: [
    ("openai.gpt-5.6-terra", ModelRequest.API.responses), ("openai.gpt-6-sol", .chatCompletions),
    ("anthropic.claude-opus-4-7", .messages),
    ("acme.new", .chatCompletions),
  ])
  func prompts(model: String, api: ModelRequest.API) throws {
    #expect(ModelRequest.API(onMantle: try #require(ModelID(model))) == api)
  }
}
