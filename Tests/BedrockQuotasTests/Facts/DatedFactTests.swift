import Testing

@testable import BedrockQuotas

/// The rows of the facts as people see them.
struct DatedFactTests {
  @Test(
    arguments: [
      ("2026-11", 2026, 11, 0), ("2026-10", 2026, 11, 1), ("2025-12", 2026, 1, 1), ("2024-11", 2026, 11, 24),
      ("2026-12", 2026, 11, 0), ("2026-11-23", 2026, 11, 0), ("November", 2026, 11, nil), ("2026-13", 2026, 11, nil),
      ("", 2026, 11, nil),
    ] as [(String, Int, Int, Int?)])
  func months(asOf: String, year: Int, month: Int, months: Int?) {
    let fact = DatedFact(kind: .metric, subject: "", asOf: asOf)
    #expect(fact.months(to: year, month) == months)
  }

  @Test func theListingHasNoRowTwiceAndNoneWithoutASource() {
    let facts = Facts.builtIn.dated
    #expect(Set(facts.map(\.kind)) == Set(DatedFact.Kind.allCases))
    #expect(facts.allSatisfy { $0.source != nil && $0.asOf != nil && !$0.subject.isEmpty })
    let models = facts.filter { $0.kind == .contextWindow || $0.kind == .maxOutputTokens }
    #expect(Set(models.map { "\($0.kind) \($0.subject)" }).count == models.count)
    #expect(facts.filter { $0.value == nil }.allSatisfy { $0.kind == .outputBurndown })
  }

  /// What a model's own rows say is what the look-ups say.
  @Test(
    arguments: [
      "anthropic.claude-opus-4-7", "anthropic.claude-sonnet-4-6", "openai.gpt-6-sol", "acme.rocket-9", "moonshotai.kimi-k3",
      "amazon.nova-pro-v1:0", "openai.gpt-oss-20b-1:0",
    ])
  func aModelsRows(id: String) throws {
    let model = try #require(ModelID(id))
    let facts = Facts.builtIn
    let rows = facts.dated(of: model)
    func figure(_ kind: DatedFact.Kind) -> ClosedRange<Int>? {
      guard case .figure(let range) = rows.first(where: { $0.kind == kind })?.value else { return nil }
      return range
    }
    func found(_ exact: Int?, _ disputed: ClosedRange<Int>?) -> ClosedRange<Int>? { exact.map { $0...$0 } ?? disputed }
    let disputed = facts.disputed(of: model)
    #expect(figure(.contextWindow) == found(facts.contextWindow(of: model), disputed.contextWindow))
    #expect(figure(.maxOutputTokens) == found(facts.maxOutputTokens(of: model), disputed.maxOutputTokens))
    #expect(figure(.outputBurndown) == found(facts.outputBurndown(of: model), disputed.outputBurndown))
    #expect(rows.contains { $0.kind == .reservationFactor } == (facts.outputBurndown(of: model) != 1))
    #expect(rows.contains { $0.kind == .countTokens } == facts.countsTokens(of: model))
    let unsettled = [DatedFact.Kind.contextWindow, .maxOutputTokens, .outputBurndown].filter { (figure($0)?.count ?? 0) != 1 }
    #expect(facts.gaps(of: model).map(\.kind) == unsettled)
    #expect(facts.gaps(of: model).allSatisfy { $0.consequence.hasSuffix(".") })
  }

  /// Where no burndown applies, none is missing.
  @Test(arguments: ["openai.gpt-5.4", "openai.gpt-5.6-cyber", "openai.gpt-daybreak-blue-5.6-sol"])
  func mantleHasNoBurndown(id: String) throws {
    let model = try #require(ModelID(id))
    #expect(!Facts.builtIn.gaps(of: model).contains { $0.kind == .outputBurndown })
    let rows = Facts.builtIn.dated(of: model)
    #expect(rows.first { $0.kind == .outputBurndown }?.value == .text("does not apply"))
    #expect(!rows.contains { $0.kind == .reservationFactor } && Facts.builtIn.outputBurndown(of: model) == nil)
  }

  @Test func aNameInQuotasIsOfOneRevision() throws {
    func names(_ id: String) throws -> [DatedFact.Value?] {
      Facts.builtIn.dated(of: try #require(ModelID(id))).filter { $0.kind == .quotaName }.map(\.value)
    }
    #expect(try names("mistral.mistral-large-2402-v1:0") == [.text("Mistral Large")])
    #expect(try names("mistral.mistral-large-2402-v2:0").isEmpty)
  }
}
