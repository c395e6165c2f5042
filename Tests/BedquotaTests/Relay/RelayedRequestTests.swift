import AWSWire
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// What the gateway reads of a caller's request.
struct RelayedRequestTests {
  private func resolution(_ id: String = "us.anthropic.claude-opus-4-7", context: Int? = 200_000) -> Resolution {
    var resolution = Resolution(id: id, modelID: InvokedID(id)?.model, scope: .crossRegion, status: .resolved)
    (resolution.contextWindow, resolution.maxOutputTokens) = (context, 8_000)
    return resolution
  }

  private func relayed(
    _ json: String, _ api: ModelRequest.API = .messages, isStreamed: Bool? = nil, headers: [(name: String, value: String)] = []
  ) -> RelayedRequest {
    RelayedRequest(api, isStreamed: isStreamed, body: Data(json.utf8), headers: headers)
  }

  private static let picture = MediaBodies.png(1_000, 750)
  private static let bodies: [(ModelRequest.API, String)] = [
    (.converse, #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":7}}"#),
    (.converse, #"{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"\#(picture)"}}}]}]}"#),
    (.converse, #"{"promptVariables":{}}"#), (.invokeModel, #"{"prompt":"Hi","max_tokens":9}"#),
    (.messages, #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"thinking":{"budget_tokens":3}}"#),
    (.chatCompletions, #"{"model":"m","n":3,"max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}"#),
    (.responses, #"{"model":"m","input":"Hi","previous_response_id":"r","max_output_tokens":5}"#),
  ]

  /// The bounds are those of the same request of the client.
  @Test(arguments: bodies) func theBoundsAreTheClients(api: ModelRequest.API, json: String) throws {
    let request = try ModelRequest(api, json: Data(json.utf8))
    let relayed = relayed(json, api)
    #expect(relayed.bounds(at: resolution()) == RequestBounds(request, at: resolution()) && relayed.unread == nil)
  }

  @Test func theBodyNamesModelAndStream() {
    let one = relayed(#"{"model":"a","stream":true,"service_tier":"flex"}"#)
    #expect(one.models == ["a"] && one.isStreamed && one.serviceTier == "flex")
    let several = relayed(#"{"model":"a","stream":true,"m\u006fdel":"b","model":7,"model":"a","stream":false}"#)
    #expect(several.models == ["a", "b"] && several.isStreamed)
    #expect(!relayed(#"{"stream":"true"}"#).isStreamed && !relayed("{}").isStreamed)
    // Bedrock's own operations have both in their path.
    let native = relayed(#"{"model":"a","stream":true}"#, .invokeModel, isStreamed: false)
    #expect(native.models.isEmpty && !native.isStreamed)
  }

  /// A budget isn't filled by what no model of these days can use.
  @Test func budgetsReserveWhatIsUsualOfAnUnknownModel() throws {
    var unknown = Resolution(id: "acme.new-v1:0", scope: .onDemand, status: .unknown)
    let text = relayed(#"{"messages":[{"role":"user","content":"Hi"}]}"#).bounds(at: unknown)
    #expect(text.usual.outputMax == 128_000 && text.usage.outputMax == 1_000_000)
    #expect(text.usual.inputMax == text.usage.inputMax && text.usage.inputMax < 10_000)
    let stored = relayed(#"{"promptVariables":{}}"#, .converse).bounds(at: unknown)
    #expect(stored.usual.inputMax == 1_000_000 && stored.usage.inputMax == 10_000_000)
    // What is known, or said, is the same for both.
    (unknown.contextWindow, unknown.maxOutputTokens) = (300_000, 9_000)
    let known = relayed(#"{"promptVariables":{}}"#, .converse).bounds(at: unknown)
    #expect(known.usual == known.usage && known.usual == UsageBound(inputMax: 300_000, outputMax: 9_000))
    let said = relayed(#"{"max_tokens":50}"#).bounds(at: Resolution(id: "acme.x", scope: .onDemand, status: .unknown))
    #expect(said.usual == said.usage && said.usual.outputMax == 50)
  }

  @Test func theServiceTier() {
    let header = [(name: "X-Amzn-Bedrock-Service-Tier", value: "flex")]
    #expect(relayed("{}", .invokeModel, headers: header).serviceTier == "flex")
    #expect(relayed(#"{"serviceTier":{"type":"priority"}}"#, .converse).serviceTier == "priority")
    #expect(relayed("{}").serviceTier == nil)
  }

  /// Of two members of one name, nobody knows which one AWS reads: the larger counts, and what is no number leaves no bound.
  @Test(
    arguments: [
      (.messages, #"{"max_tokens":5,"max_tokens":9}"#, 9), (.messages, #"{"max_tokens":9,"max_tokens":5}"#, 9),
      (.messages, #"{"max_tokens":9,"max_tokens":null}"#, nil), (.messages, #"{"max_tokens":"9","max_tokens":5}"#, nil),
      (.messages, #"{"max_tokens":5,"max\u005ftokens":9}"#, 9),
      (.converse, #"{"inferenceConfig":{"maxTokens":5},"inferenceConfig":{"maxTokens":9}}"#, nil),
      (.converse, #"{"inferenceConfig":{"maxTokens":5,"maxTokens":9}}"#, 9),
      (.chatCompletions, #"{"max_tokens":5,"n":2,"n":1}"#, 10),
      (.chatCompletions, #"{"max_tokens":5,"max_completion_tokens":6}"#, 6),
      (.messages, #"{"max_tokens":1e18}"#, TokenUsage.tokensMax), (.messages, #"{"max_tokens":-1}"#, 0),
    ] as [(ModelRequest.API, String, Int?)])
  func doubledBounds(api: ModelRequest.API, json: String, expected: Int?) {
    #expect(relayed(json, api).maxTokens(readBy: nil) == expected)
    #expect(relayed(json, api).bounds(at: resolution()).maxTokens == Int64(expected ?? 8_000))
  }

  /// A bound that AWS drops or ignores is none.
  @Test(
    arguments: [
      (.converse, #"{"messages":[],"max_tokens":5}"#), (.converse, #"{"messages":[],"inferenceConfig":{"max_tokens":5}}"#),
      (.invokeModel, #"{"inferenceConfig":{"max_tokens":5}}"#), (.messages, #"{"max_completion_tokens":5}"#),
      (.converse, #"{"messages":[],"inferenceConfig":{"maxTokens":1},"additionalModelRequestFields":{"max_tokens":5}}"#),
    ] as [(ModelRequest.API, String)])
  func lostBounds(api: ModelRequest.API, json: String) {
    #expect(relayed(json, api).bounds(at: resolution()).maxTokens == 8_000)
  }

  /// A model reads the names of its own family alone.
  @Test(
    arguments: [
      (.invokeModel, "meta.llama3-70b-instruct-v1:0", #"{"prompt":"Hi","max_gen_len":9}"#, 9),
      (.invokeModel, "meta.llama3-70b-instruct-v1:0", #"{"prompt":"Hi","max_tokens":9}"#, nil),
      (.invokeModel, "amazon.nova-pro-v1:0", #"{"inferenceConfig":{"max_new_tokens":9}}"#, 9),
      (.invokeModel, "amazon.nova-pro-v1:0", #"{"max_new_tokens":9}"#, nil),
      (.invokeModel, "openai.gpt-oss-20b-1:0", #"{"max_completion_tokens":9,"max_tokens":7}"#, 9),
      (.invokeModel, "openai.gpt-oss-20b-1:0", #"{"maxTokens":9}"#, nil),
      (.invokeModel, "anthropic.claude-opus-4-7", #"{"max_gen_len":9}"#, nil),
      (.invokeModel, "nobody.knows-v1:0", #"{"max_tokens":9}"#, 9),
      (.converse, "meta.llama3-70b-instruct-v1:0", #"{"messages":[],"max_gen_len":9}"#, nil),
      (.converse, "amazon.nova-pro-v1:0", #"{"messages":[],"parameters":{"max_new_tokens":9}}"#, nil),
      (.converse, "amazon.nova-pro-v1:0", #"{"messages":[],"inferenceConfig":{"maxTokens":9}}"#, 9),
    ] as [(ModelRequest.API, String, String, Int?)])
  func theNamesOfTheFamily(api: ModelRequest.API, id: String, json: String, expected: Int?) {
    #expect(relayed(json, api).maxTokens(readBy: ModelID(id)) == expected)
    #expect(relayed(json, api).bounds(at: resolution(id)).maxTokens == Int64(expected ?? 8_000))
  }

  /// What can't be read counts as all that the model takes and gives, and is not refused.
  @Test(arguments: ["", "nonsense", "[]", "{\"a\":", "\u{1F}\u{8B}", String(repeating: "[", count: 600)])
  func anUnreadBody(body: String) {
    let relayed = relayed(body)
    let bounds = relayed.bounds(at: resolution())
    #expect(relayed.unread == .notJSON && relayed.models.isEmpty && relayed.maxTokens(readBy: nil) == nil && bounds.isUnread)
    #expect(bounds.size.estimatedTokens >= 200_000 && bounds.maxTokens == 8_000)
    #expect(bounds.usage == UsageBound(inputMax: 200_000, outputMax: 8_000))
    #expect(relayed.bounds(at: resolution(context: nil)).size.estimatedTokens >= 200_000)
    #expect(relayed.bounds(at: resolution("amazon.titan-embed-text-v2:0")).maxTokens == 0)
  }

  @Test func noDescriptionShowsAPrompt() {
    let relayed = relayed(#"{"messages":[{"role":"user","content":"secret"}]}"#)
    var reply = RelayedReply(api: .messages, isStreamed: false, status: 200, headers: [])
    reply.add(Array(#"{"content":[{"text":"secret"}]}"#.utf8))
    var dumped = ""
    dump(relayed, to: &dumped)
    dump(reply, to: &dumped)
    dumped += "\(relayed) \(reply) \(String(reflecting: relayed)) \(String(reflecting: reply))"
    #expect(!dumped.contains("secret") && dumped.contains("Messages"))
  }

  @Test func anEncodedBody() {
    let json = #"{"max_tokens":5,"messages":[]}"#
    #expect(relayed(json, headers: [(name: "content-encoding", value: "gzip")]).unread == .encoded)
    #expect(relayed(json, headers: [(name: "Content-Encoding", value: "identity")]).unread == nil)
  }
}
