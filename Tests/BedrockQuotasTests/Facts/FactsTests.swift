import BedrockQuotas
import Foundation
import Testing

struct FactsTests {
  private func model(_ id: String) -> ModelID { ModelID(id)! }

  /// quotas-token-burndown.html as quoted in September and October 2026; nil where its wording settles nothing.
  @Test(
    arguments: [
      ("anthropic.claude-opus-4-8", 15), ("anthropic.claude-sonnet-5", 10), ("anthropic.claude-opus-5", 10),
      ("anthropic.claude-opus-5-5", 10),
      ("anthropic.claude-fable-5-1", 10), ("anthropic.claude-opus-4-7", 5), ("anthropic.claude-sonnet-4-5-20250929-v1:0", 5),
      ("anthropic.claude-haiku-4-5-20251001-v1:0", 5), ("anthropic.claude-fable-5", nil), ("anthropic.claude-sonnet-5-5", nil),
      ("anthropic.claude-opus-6", nil), ("anthropic.claude-mythos-preview", nil), ("anthropic.claude-v2:1", nil),
      ("openai.gpt-5.6-sol", 10), ("openai.gpt-6-sol", nil), ("openai.gpt-oss-20b-1:0", 1), ("amazon.nova-pro-v1:0", 1),
      ("zai.glm-5", 1),
    ] as [(String, Int?)])
  func burndown(id: String, rate: Int?) { #expect(Facts.builtIn.outputBurndown(of: model(id)) == rate) }

  @Test(
    arguments: [
      ("Too many requests, please wait before trying again.", .rpm), ("Too many tokens, please wait before trying again.", .tpm),
      ("Too many tokens per day, please wait before trying again.", .tpd),
      ("Your request rate is too high. Reduce the frequency of requests.", .rpm), ("Slow down.", nil), ("", nil),
    ] as [(String, QuotaMeasure?)])
  func throttledMeasure(message: String, measure: QuotaMeasure?) {
    #expect(Facts.builtIn.throttledMeasure(in: message) == measure)
  }

  @Test func windows() {
    #expect(Facts.builtIn.contextWindow(of: model("anthropic.claude-sonnet-4-5-20250929-v1:0")) == 200_000)
    #expect(Facts.builtIn.maxOutputTokens(of: model("anthropic.claude-sonnet-4-5-20250929-v1:0")) == 64_000)
    #expect(Facts.builtIn.contextWindow(of: model("acme.rocket-9")) == nil)
    #expect(Facts.builtIn.contextWindow(of: model("amazon.nova-pro-v1:0:24k")) == nil, "another form, another window")
  }

  @Test func aUserMayBringAFileOfTheirOwn() throws {
    let json = #"""
      {"regions": {"aws": ["us-east-1"]}, "providers": [], "families": [{"name": "Rockets", "words": ["rocket"]}],
       "aliases": [{"model": "acme.rkt", "subject": "Big Rocket", "source": "me", "asOf": "2026-11-23"}], "burndowns": [],
       "models": [{"modelId": "acme.rkt", "contextWindow": 5, "source": "me", "asOf": "2026-11-23"}]}
      """#
    let facts = try Facts(json: Data(json.utf8))
    #expect(facts.family(of: "Big Rocket") == "Rockets")
    #expect(facts.throttledMeasure(in: "Too many tokens") == .tpm, "rows that an older file lacks are the built-in ones")
    #expect(facts.contextWindow(of: model("acme.rkt")) == 5 && facts.maxOutputTokens(of: model("acme.rkt")) == nil)
    #expect(throws: DecodingError.self) { try Facts(json: Data("{}".utf8)) }
    let quota = Quota(
      code: "L-1", name: QuotaName("On-demand model inference tokens per minute for Big Rocket"), family: "Rockets")
    let result = QuotaResolver(quotas: [quota], facts: facts).resolve(InvokedID(model("acme.rkt")))
    #expect(result.quotas.map(\.evidence) == ["alias: me (2026-11-23)"])
  }

  @Test func theWidestRangeIsNoFigure() throws {
    let json = #"""
      {"regions": {}, "providers": [], "families": [], "aliases": [], "burndowns": [],
       "models": [{"modelId": "acme.rkt", "contextWindow": [0, 9223372036854775807], "source": "me", "asOf": "2026-11"}]}
      """#
    let facts = try Facts(json: Data(json.utf8))
    #expect(facts.contextWindow(of: model("acme.rkt")) == nil)
    #expect(facts.disputed(of: model("acme.rkt")).contextWindow == 0...Int.max)
  }

  /// Each row of the built-in file says where it is from and how old it is.
  @Test func everyRowHasASourceAndADate() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/BedrockQuotas/Resources")
    let data = try Data(contentsOf: folder.appending(path: "facts.json"))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let tables = file.compactMapValues { $0 as? [[String: Any]] }.filter { !["providers", "families"].contains($0.key) }
    #expect(tables.count == 9, "the file's \"about\" has the source of the rest")
    for row in tables.values.joined() {
      #expect((row["source"] as? String)?.contains(/[a-z]{3}/) == true, "\(row)")
      #expect((row["asOf"] as? String)?.wholeMatch(of: /20\d\d-\d\d/) != nil, "\(row)")
    }
    let ids = try #require(file["models"] as? [[String: Any]]).compactMap { $0["modelId"] as? String }
    #expect(Set(ids).count == ids.count, "two rows of one model would hide one another")
  }

  @Test(arguments: ["[5]", "[5, 4]", "[5, 5]", "[1, 2, 3]", "\"5\"", "5.5"])
  func aRangeHasALowerAndAHigherFigure(figure: String) {
    let json =
      #"{"regions": {}, "providers": [], "families": [], "aliases": [], "burndowns": [], "models": [{"modelId": "acme.rkt", "contextWindow": \#(figure), "source": "me", "asOf": "2026-11"}]}"#
    #expect(throws: DecodingError.self) { try Facts(json: Data(json.utf8)) }
  }
}
