import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// How long reasoning is, and what the limits leave of a reply.
struct ReplyWritingTests {
  private func reply(_ fields: String, output: Int, maxTokens: Int = 5_000, script: String? = nil) async throws -> JSONValue {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(output))
    let emulator = try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
    if let script {
      let put = ServerRequest(
        method: "PUT", target: "/_emulator/replies", headers: [], body: Data("{\"replies\":[\(script)]}".utf8))
      #expect(await emulator.respond(to: put).status == 200)
    }
    let body =
      #"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":\#(maxTokens)},"additionalModelRequestFields":\#(fields)}"#
    let id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    let response = await emulator.respond(
      to: ServerRequest(method: "POST", target: "/model/\(id)/converse", headers: [], body: Data(body.utf8)))
    return try JSONValue(response.body)
  }

  /// The tokens of the reasoning and of the text; nil for a block that is not there.
  private func lengths(_ reply: JSONValue) -> [Int?] {
    let blocks = reply["output"]?["message"]?["content"]?.array ?? []
    let texts = [
      blocks.compactMap { $0["reasoningContent"]?["reasoningText"]?["text"]?.string }.first,
      blocks.compactMap { $0["text"]?.string }.first,
    ]
    return texts.map { $0.map(TokenEstimate.tokens) }
  }

  @Test(arguments: [(3_000, 1_024, 1_976), (2_048, 1_024, 1_024), (101, 51, 50), (2, 1, 1)])
  func halfOfAReplyIsReasoningWithinTheBudget(output: Int, reasoning: Int, text: Int) async throws {
    let reply = try await reply(#"{"thinking":{"type":"enabled","budget_tokens":1024}}"#, output: output)
    #expect(lengths(reply) == [reasoning, text])
    #expect(reply["usage"]?["outputTokens"]?.integer == output && reply["stopReason"] == "end_turn")
  }

  @Test func aReplyThatEndsInItsReasoningHasNoText() async throws {
    let reply = try await reply(#"{"thinking":{"type":"enabled","budget_tokens":1024}}"#, output: 1)
    #expect(lengths(reply) == [1, nil] && reply["usage"]?["outputTokens"] == 1)
  }

  @Test(arguments: [(1, [1, nil], 1), (2, [2, nil], 2), (4, [2, 2], 4), (9, [2, 3], 5)] as [(Int, [Int?], Int)])
  func theLimitCutsAScriptedReply(maxTokens: Int, lengths: [Int?], output: Int) async throws {
    let script = #"{"reasoning":"Let me s","text":"It is sunny."}"#
    let reply = try await reply("{}", output: 20, maxTokens: maxTokens, script: script)
    #expect(self.lengths(reply) == lengths && reply["usage"]?["outputTokens"]?.integer == output)
    #expect(reply["stopReason"]?.string == (maxTokens < 5 ? "max_tokens" : "end_turn"))
  }

  @Test func aCallThatDoesNotFitIsNotMade() async throws {
    let script = #"{"text":"So:","tool":{"name":"weather","input":{"city":"Bern"}}}"#
    let whole = try await reply("{}", output: 20, script: script)
    #expect(whole["stopReason"] == "tool_use" && whole["output"]?["message"]?["content"]?.array?.count == 2)
    let cut = try await reply("{}", output: 20, maxTokens: 3, script: script)
    #expect(cut["stopReason"] == "max_tokens" && cut["output"]?["message"]?["content"] == [["text": "So:"]])
  }
}
