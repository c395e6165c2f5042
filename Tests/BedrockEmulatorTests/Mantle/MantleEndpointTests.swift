import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// The endpoint without a network: how its requests are told apart, and the ids of its models.
struct MantleEndpointTests {
  private func emulator(_ account: EmulatedAccount? = nil) throws -> Emulator {
    var behaviour = Emulator.Behaviour()
    behaviour.replies = ReplySettings(latency: 0, tokensPerSecond: 0, outputTokens: .fixed(12))
    return try Emulator(
      accounts: [try account ?? SampleAccount.load()], access: .anyone, behaviour: behaviour, clock: .manual())
  }

  private func get(_ target: String, _ headers: [(name: String, value: String)] = [], from emulator: Emulator) async
    -> ServerResponse
  {
    await emulator.respond(to: ServerRequest(method: "GET", target: target, headers: headers, body: Data()))
  }

  private static let scope = "AWS4-HMAC-SHA256 Credential=K/20261129/us-east-1/%/aws4_request, SignedHeaders=host, Signature=0"

  @Test(arguments: [
    ("/bedrock-mantle/v1/models", "127.0.0.1", "", true), ("/v1/models", "127.0.0.1", "", true),
    ("/v1/models?limit=1000", "127.0.0.1", "", true), ("/v1/models", "bedrock-mantle.us-east-1.api.aws", "", true),
    ("/openai/v1/models", "127.0.0.1", "", false), ("/bedrock-mantlepiece/v1/models", "127.0.0.1", "", false),
    ("/v1/models", "127.0.0.1", "bedrock-mantle", true),
  ])
  func whatTheEndpointIsCalledBy(target: String, host: String, service: String, isServed: Bool) async throws {
    var headers = [(name: "Host", value: host)]
    if !service.isEmpty { headers.append(("Authorization", Self.scope.replacing("%", with: service))) }
    let response = await get(target, headers, from: try emulator())
    #expect((response.status == 200) == isServed)
  }

  /// Of an unknown path, the endpoint that is asked says so.
  @Test(arguments: [("bedrock-mantle", true), ("bedrock", false)])
  func theScopeOfASignatureNamesTheEndpoint(service: String, isMantle: Bool) async throws {
    let headers = [(name: "Authorization", value: Self.scope.replacing("%", with: service))]
    let response = await get("/openai/v1/models", headers, from: try emulator())
    #expect(response.status >= 400)
    #expect(String(decoding: response.body, as: UTF8.self).contains("bedrock-mantle has no") == isMantle)
  }

  /// Its host has no paths of bedrock-runtime, not even the busiest.
  @Test(arguments: [("Bedrock-Mantle.us-east-1.api.aws", true), ("bedrock-runtime.us-east-1.amazonaws.com", false)])
  func theHostNamesTheEndpointOfEveryPath(host: String, isMantle: Bool) async throws {
    for path in ["/model/us.amazon.nova-pro-v1:0/converse", "/openai/v1/models", "/foundation-models/none"] {
      let response = await get(path, [("Host", host)], from: try emulator())
      #expect(response.status >= 400)
      #expect(String(decoding: response.body, as: UTF8.self).contains("bedrock-mantle has no") == isMantle)
    }
  }

  private func ids(_ account: EmulatedAccount) async throws -> [String] {
    let response = await get("/v1/models", from: try emulator(account))
    return try JSONValue(response.body)["data"]?.array?.compactMap { $0["id"]?.string } ?? []
  }

  /// Without revisions and dates, as users list them.
  @Test func theIdsOfModels() async throws {
    var account = try SampleAccount.load()
    account.models = [
      "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-4-7", "anthropic.claude-sonnet-4-5-20250929-v1:0",
      "openai.gpt-oss-20b-1:0", "deepseek.v3-v1:0", "google.gemma-3-12b-it", "amazon.nova-pro-v1:0",
    ].map { FoundationModel(modelArn: "arn:aws:bedrock:us-east-1::foundation-model/\($0)", modelId: $0) }
    #expect(
      try await ids(account) == [
        "anthropic.claude-haiku-4-5", "anthropic.claude-opus-4-7", "deepseek.v3", "google.gemma-3-12b-it",
        "google.gemma-4-26b-a4b", "google.gemma-4-31b", "google.gemma-4-e2b", "openai.gpt-5.6-terra", "openai.gpt-oss-20b",
      ])
  }

  /// GPT-5.4 is in no ListFoundationModels; its quotas show that the account has it.
  @Test func quotasShowModelsThatNoListHas() async throws {
    var account = try SampleAccount.load()
    #expect(!(try await ids(account)).contains("openai.gpt-5.4"))
    var quota = account.defaults[0]
    quota.quotaCode = "L-C593EA7C"
    quota.quotaName = "[bedrock-mantle endpoint] Input tokens per minute for GPT-5.4"
    account.defaults.append(quota)
    #expect(try await ids(account).contains("openai.gpt-5.4"))
  }
}
