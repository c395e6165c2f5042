import Testing

@testable import BedrockQuotas

/// Which endpoint takes requests to an id.
struct EndpointTests {
  private func resolver(_ listed: String...) -> QuotaResolver {
    QuotaResolver(
      quotas: ["Input", "Output"].map { side in
        Quota(
          code: "L-\(side)", name: QuotaName("[bedrock-mantle endpoint] \(side) tokens per minute for GPT-5.6 Terra"),
          appliedValue: 1,
          defaultValue: 1, family: "x")
      },
      models: listed.map { .init(id: ModelID($0)!, name: nil, inferenceTypes: ["ON_DEMAND"], customizations: []) })
  }

  @Test(arguments: [
    ("openai.gpt-5.4", QuotaEndpoint.mantle), ("google.gemma-4-31b", .mantle), ("openai.gpt-oss-20b", .mantle),
    ("openai.gpt-oss-20b-1:0", .runtime), ("us.openai.gpt-5.6-terra", .runtime), ("meta.llama4-scout-v1:0", .runtime),
  ])
  func aModelThatIsThereAloneGoesThere(id: String, endpoint: QuotaEndpoint) throws {
    #expect(resolver("openai.gpt-oss-20b-1:0").endpoint(of: try #require(InvokedID(id))) == endpoint)
  }

  /// Without lists, only what AWS says of a model counts.
  @Test(arguments: [("openai.gpt-5.5", QuotaEndpoint.mantle), ("google.gemma-4-31b", .runtime)])
  func withoutLists(id: String, endpoint: QuotaEndpoint) throws {
    #expect(resolver().endpoint(of: try #require(InvokedID(id))) == endpoint)
  }

  @Test func theTwoQuotasBind() throws {
    let resolution = resolver().resolve(try #require(InvokedID("openai.gpt-5.6-terra")), on: .mantle)
    #expect(resolution.endpoint == .mantle && resolution.status == .resolved && resolution.outputBurndown == 1)
    #expect(resolution.quotas.map(\.quota.name.measure) == [.inputTPM, .outputTPM])
    #expect(resolver().resolve(try #require(InvokedID("openai.gpt-5.6-terra"))).endpoint == .runtime)
  }

  @Test(arguments: [
    ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b"), ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5"),
    ("openai.gpt-5.6-terra", "openai.gpt-5.6-terra"), ("qwen.qwen3-235b-a22b-2507-v1:0", "qwen.qwen3-235b-a22b-2507"),
  ])
  func idsOnMantle(id: String, own: String) throws { #expect(try #require(ModelID(id)).mantleKey == own) }
}
