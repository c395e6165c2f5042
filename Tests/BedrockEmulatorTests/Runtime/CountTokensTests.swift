import AWSServer
import AWSWire
import BedrockEmulator
import BedrockQuotas
import Foundation
import Testing

/// CountTokens counts for some models, and only under their own id or ARN.
struct CountTokensTests {
  private func count(_ id: String, denied: Set<String> = []) async throws -> (status: Int, tokens: Int?, message: String?) {
    var behaviour = Emulator.Behaviour()
    behaviour.deniedModels = denied
    let emulator = try Emulator(accounts: [try SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
    let body: JSONValue = ["input": ["converse": ["messages": [["role": "user", "content": [["text": "four"]]]]]]]
    let reply = await emulator.respond(
      to: ServerRequest(
        method: "POST", target: "/model/\(PercentEncoding.encode(id))/count-tokens", headers: [], body: body.data))
    let json = try JSONValue(reply.body)
    return (reply.status, json["inputTokens"]?.integer, json["message"]?.string)
  }

  @Test(arguments: [
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
  ])
  func bareIdsOfSomeClaudeModelsAreCounted(id: String) async throws {
    #expect(try await count(id).tokens == 1)
  }

  @Test(arguments: [
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-opus-4-7", "anthropic.claude-opus-4-7",
    "us.amazon.nova-pro-v1:0",
    "amazon.nova-pro-v1:0",
  ])
  func profilesAndOtherModelsAreNot(id: String) async throws {
    let (status, _, message) = try await count(id)
    #expect(status == 400 && message == "The provided model doesn't support counting tokens.")
  }

  @Test func unknownAndDeniedModelsHaveTheirOwnErrors() async throws {
    #expect(try await count("anthropic.claude-9-v1:0").message == "The provided model identifier is invalid.")
    #expect(try await count("eu.amazon.nova-pro-v1:0").message == "The provided model identifier is invalid.")
    let model = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    #expect(try await count(model, denied: [model]).status == 403)
  }

  @Test(arguments: [
    ("anthropic.claude-3-5-haiku-20241022-v1:0", true), ("anthropic.claude-3-7-sonnet-20250219-v1:0", true),
    ("anthropic.claude-sonnet-4-20250514-v1:0", true), ("anthropic.claude-opus-4-1-20250805-v1:0", true),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", true), ("anthropic.claude-sonnet-4-6", true),
    ("anthropic.claude-opus-4-6-v1", true),
    ("anthropic.claude-opus-4-7", false), ("anthropic.claude-opus-4-8", false), ("anthropic.claude-sonnet-5", false),
    ("anthropic.claude-3-haiku-20240307-v1:0", false), ("anthropic.claude-v2:1", false), ("amazon.nova-2-lite-v1:0", false),
    ("meta.llama4-scout-17b-instruct-v1:0", false),
  ])
  func facts(id: String, counts: Bool) throws {
    #expect(Facts.builtIn.countsTokens(of: try #require(ModelID(id))) == counts)
  }
}
