import BedrockQuotas
import Testing

/// What is known of each id, through profiles and revisions, and what must stay unknown.
struct ModelFactsTests {
  /// The facts of an id, as a resolution without quotas has them.
  struct Row: Sendable, CustomTestStringConvertible {
    var id: String
    var window: Int?
    var output: Int?
    var burndown: Int?

    init(_ id: String, _ window: Int?, _ output: Int?, _ burndown: Int?) {
      (self.id, self.window, self.output, self.burndown) = (id, window, output, burndown)
    }

    var testDescription: String { id }
  }

  private func resolution(_ id: String) throws -> Resolution {
    QuotaResolver(quotas: [], facts: .builtIn).resolve(try #require(InvokedID(id)))
  }

  /// AWS's model cards of September to November 2026, and quotas-token-burndown.html of October 2026; nil: unknown or disputed.
  @Test(
    arguments: [
      Row("openai.gpt-6.1-sol", 1_000_000, 131_072, 10), Row("openai.gpt-6-sol", 1_050_000, 128_000, nil),
      Row("openai.gpt-6-astra", 1_050_000, 128_000, 10), Row("openai.gpt-6-luna", 1_050_000, 128_000, nil),
      Row("openai.gpt-5.6-sol", 1_050_000, 128_000, 10), Row("openai.gpt-5.6-terra", 1_050_000, 128_000, 10),
      Row("openai.gpt-5.6-luna", 1_050_000, 128_000, 10), Row("openai.gpt-5.5", 1_050_000, 128_000, nil),
      Row("openai.gpt-5.4", 1_050_000, 128_000, nil), Row("openai.gpt-oss-120b-1:0", 128_000, 16_384, 1),
      Row("anthropic.claude-haiku-5-5", 1_000_000, 128_000, nil), Row("anthropic.claude-fable-5-1", 1_000_000, 128_000, 10),
      Row("anthropic.claude-fable-5-2", 1_000_000, 128_000, nil), Row("anthropic.claude-fable-5", 1_000_000, 128_000, nil),
      Row("anthropic.claude-sonnet-5-5", 1_000_000, 128_000, nil), Row("anthropic.claude-sonnet-4-6", 1_000_000, nil, 5),
      Row("zai.glm-5", 200_000, 128_000, 1), Row("deepseek.v3.2", 164_000, 8_192, 1),
      Row("qwen.qwen3-coder-next", 256_000, 16_384, 1), Row("moonshotai.kimi-k3", 1_000_000, nil, nil),
      Row("moonshot.kimi-k2-thinking", 262_143, 16_000, 1), Row("moonshotai.kimi-k2.5", 262_143, 16_000, 1),
      Row("minimax.minimax-m2.5", 196_608, nil, 1), Row("minimax.minimax-m2.1", 204_800, nil, 1),
    ])
  func models(_ row: Row) throws { try expect(row) }

  /// A profile has the facts of its model, and a revision that says nothing new is none.
  @Test(
    arguments: [
      Row("us.openai.gpt-6.1-sol", 1_000_000, 131_072, 10), Row("global.anthropic.claude-fable-5-2", 1_000_000, 128_000, nil),
      Row("eu.anthropic.claude-sonnet-4-6", 1_000_000, nil, 5),
      Row("us.anthropic.claude-haiku-5-5-v1:0", 1_000_000, 128_000, nil),
      Row("us.anthropic.claude-opus-4-6-v1:0", 1_000_000, 128_000, 5), Row("zai.glm-5-v1:0", 200_000, 128_000, 1),
      Row("arn:aws:bedrock:us-east-1::foundation-model/deepseek.v3.2", 164_000, 8_192, 1),
    ])
  func spellings(_ row: Row) throws { try expect(row) }

  /// A neighbour's facts are not a model's own: another version, snapshot, revision, size or form.
  @Test(
    arguments: [
      Row("openai.gpt-6.2-sol", nil, nil, nil), Row("openai.gpt-6.1-luna", nil, nil, nil),
      Row("openai.gpt-7-astra", nil, nil, nil),
      Row("openai.gpt-5.6-cyber", nil, nil, nil), Row("openai.gpt-daybreak-blue-5.6-sol", nil, nil, nil),
      Row("openai.gpt-5.6-sol-mini", nil, nil, nil), Row("anthropic.claude-sonnet-5-fast", nil, nil, nil),
      Row("anthropic.claude-haiku-5", nil, nil, nil), Row("anthropic.claude-fable-5-3", nil, nil, nil),
      Row("anthropic.claude-haiku-4-5-20260301-v1:0", nil, nil, 5), Row("zai.glm-5.2", nil, nil, 1),
      Row("zai.glm-5-air", nil, nil, 1), Row("deepseek.v3.1", nil, nil, 1), Row("deepseek.v3-v1:0", nil, nil, 1),
      Row("moonshotai.kimi-k2-thinking", nil, nil, 1), Row("moonshotai.kimi-k2.6", nil, nil, 1),
      Row("minimax.minimax-m2", nil, nil, 1), Row("mistral.mistral-7b-instruct-v0:3", nil, nil, 1),
      Row("amazon.nova-pro-v2:0", nil, nil, 1), Row("amazon.nova-pro-v1:0:24k", nil, nil, 1),
    ])
  func neighbours(_ row: Row) throws { try expect(row) }

  private func expect(_ row: Row) throws {
    let found = try resolution(row.id)
    #expect(found.contextWindow == row.window)
    #expect(found.maxOutputTokens == row.output)
    #expect(found.outputBurndown == row.burndown)
  }

  @Test(
    arguments: [
      ("anthropic.claude-sonnet-4-6", 64_000...128_000, nil), ("minimax.minimax-m2.5", 8_192...98_304, nil),
      ("minimax.minimax-m2.1", 8_192...131_072, nil), ("moonshotai.kimi-k3", nil, 1...10), ("anthropic.claude-opus-5", nil, nil),
    ] as [(String, ClosedRange<Int>?, ClosedRange<Int>?)])
  func disputes(id: String, output: ClosedRange<Int>?, burndown: ClosedRange<Int>?) throws {
    var expected = DisputedFacts()
    (expected.maxOutputTokens, expected.outputBurndown) = (output, burndown)
    let found = try resolution("us.\(id)")
    #expect(found.disputed == expected)
    #expect(found.maxOutputTokensMax == output?.upperBound ?? found.maxOutputTokens, "what a request may reserve at most")
  }

  @Test func theMantleEndpointHasMetricsOfItsOwn() {
    let mantle = Facts.builtIn.metrics.filter { $0.namespace == "AWS/BedrockMantle" }
    #expect(mantle.first { $0.counts == "requests" }?.names == ["Inferences"])
    #expect(mantle.first { $0.counts == "inputTokens" }?.names == ["TotalInputTokens", "InputTokens"])
    #expect(mantle.allSatisfy { $0.dimensions == ["Model", "Project"] } && mantle.count == 4)
  }
}
