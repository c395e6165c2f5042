import BedrockQuotas
import Testing

struct MantleResolvingTests {
  private static func quota(_ code: String, _ name: String) -> Quota {
    Quota(code: code, name: QuotaName(name), appliedValue: 1_000, family: "x")
  }

  private let resolver = QuotaResolver(quotas: [
    quota("L-1", "[bedrock-mantle endpoint] Input tokens per minute for GPT-5.4"),
    quota("L-2", "[bedrock-mantle endpoint] Output tokens per minute for GPT-5.4"),
    quota("L-3", "[bedrock-mantle endpoint] Input tokens per minute for Claude Haiku 4.5"),
    quota("L-4", "On-demand model inference tokens per minute for Anthropic Claude Haiku 4.5"),
  ])

  @Test(arguments: [
    ("openai.gpt-5.4", ["L-1", "L-2"], Resolution.Status.resolved),
    ("anthropic.claude-haiku-4-5", ["L-3"], .partial),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", ["L-3"], .partial),
    ("openai.gpt-5.5", [], .unknown),
    ("us.openai.gpt-5.4", [], .unknown),
  ])
  func onlyItsOwnQuotasApply(id: String, codes: [String], status: Resolution.Status) throws {
    let found = resolver.resolve(try #require(InvokedID(id)), on: .mantle)
    #expect(found.quotas.map(\.quota.code) == codes && found.status == status && found.scope == .mantle)
    #expect((found.note == nil) == !codes.isEmpty)
  }

  @Test func theOtherEndpointIsAsBefore() throws {
    let id = try #require(InvokedID("anthropic.claude-haiku-4-5-20251001-v1:0"))
    #expect(resolver.resolve(id, on: .runtime) == resolver.resolve(id))
    #expect(resolver.resolve(id).quotas.map(\.quota.code) == ["L-4"])
  }

  /// Burndown is bedrock-runtime's.
  @Test func noBurndownApplies() throws {
    let found = resolver.resolve(try #require(InvokedID("anthropic.claude-haiku-4-5")), on: .mantle)
    #expect(found.outputBurndown == 1 && found.disputed.outputBurndown == nil)
  }

  @Test(arguments: [
    ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b"), ("openai.gpt-oss-20b", "openai.gpt-oss-20b"),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5"), ("openai.gpt-5.4", "openai.gpt-5.4"),
    ("deepseek.v3-v1:0", "deepseek.v3"), ("deepseek.v3.2", "deepseek.v3.2"), ("qwen.qwen3-32b-v1:0", "qwen.qwen3-32b"),
  ])
  func idsOfOneModel(id: String, key: String) { #expect(ModelID(id)?.mantleKey == key) }

  /// Its quotas show that the model is there, though no list has it.
  @Test func aModelOfMantleAloneIsNotCalledAMistake() throws {
    let listed = QuotaResolver.Model(
      id: try #require(ModelID("amazon.nova-pro-v1:0")), name: "Nova Pro", inferenceTypes: [], customizations: [])
    let quotas = [Self.quota("L-1", "[bedrock-mantle endpoint] Input tokens per minute for GPT-5.4")]
    let resolver = QuotaResolver(quotas: quotas, models: [listed])
    let found = resolver.resolve(try #require(InvokedID("openai.gpt-5.4")))
    #expect(found.isListed == false && found.listingNote?.contains("bedrock-mantle has quotas for it") == true)
    let typo = resolver.resolve(try #require(InvokedID("openai.gpt-5.44")))
    #expect(typo.listingNote?.contains("will probably be rejected") == true)
  }
}
