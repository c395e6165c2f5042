import AWSWire
import BedrockEmulator
import BedrockQuotas
import Foundation
import Testing

@testable import Bedquota

/// Replies in the forms of all families, without what Bedrock adds: the gateway's reader says what the client's readers say.
struct RelayedFamilyTests {
  private static let ids = [
    "anthropic.claude-sonnet-4-20250514-v1:0", "amazon.nova-pro-v1:0", "amazon.titan-text-express-v1",
    "meta.llama3-70b-instruct-v1:0", "mistral.mistral-7b-instruct-v0:2", "mistral.pixtral-large-2502-v1:0",
    "cohere.command-r-plus-v1:0", "cohere.command-text-v14", "deepseek.r1-v1:0", "openai.gpt-oss-20b-1:0",
  ]

  private func completion(_ id: String, _ stop: StopReason) throws -> Completion {
    Completion(
      model: try #require(ModelID(id)), id: "abcdefghijklmnopqrstuvwx", input: InvocationInput(work: .text, inputTokens: 9),
      text: "the \"sun\"\n🌞 ünd", tokens: TokenCounts(input: 4, cacheRead: 3, cacheWrite: 2, output: 3), stop: stop, seed: 7,
      createdAt: 1_700_000_000, latencyMilliseconds: 15, firstTokenMilliseconds: 5)
  }

  private func chunk(_ json: JSONValue) -> [UInt8] {
    let payload: JSONValue = ["bytes": .string(json.data.base64EncodedString()), "p": "abcdefghijkl"]
    return EventStreamMessage.event("chunk", json: payload.data).encoded()
  }

  @Test(arguments: ids, [StopReason.endTurn, .maxTokens])
  func aStream(id: String, stop: StopReason) throws {
    let completion = try completion(id, stop)
    let family = try #require(ModelFamilies.family(of: completion.model))
    let events =
      family.opening(completion) + [family.piece(Substring(completion.text), tokensBefore: 0, tokens: 3, completion)]
      + family.closing(completion)
    let bytes = RelayedBytes(api: .invokeModel, isStreamed: true, body: events.flatMap(chunk))
    let expected = try bytes.read()
    #expect(expected.isWhole && expected.outputBytes == completion.text.utf8.count)
    #expect(bytes.answer() == expected && bytes.answer(cuts: Array(1..<bytes.body.count)) == expected)
  }

  @Test(arguments: ids, [StopReason.endTurn, .maxTokens])
  func aWholeReply(id: String, stop: StopReason) throws {
    let completion = try completion(id, stop)
    let family = try #require(ModelFamilies.family(of: completion.model))
    let bytes = RelayedBytes(api: .invokeModel, isStreamed: false, body: Array(family.reply(completion).data))
    let expected = try bytes.read()
    #expect(bytes.answer() == expected && bytes.answer(cuts: Array(1..<bytes.body.count)) == expected)
  }
}
