import Bedquota
import BedrockQuotas
import Testing

struct ModelSearchTests {
  private let context = RouteBench.context()

  @Test(
    arguments: [
      ("amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"), ("us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
      ("amazon.nova-pro-v1:0:300k", "amazon.nova-pro-v1:0"),
      ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
      (RouteBench.copy, "amazon.nova-pro-v1:0"), ("abc123def456", "amazon.nova-pro-v1:0"),
      (RouteBench.bought, "amazon.nova-pro-v1:0"), ("nova-pro-steady", "amazon.nova-pro-v1:0"),
      ("nova-pro", "amazon.nova-pro-v1:0"), ("Nova Pro", "amazon.nova-pro-v1:0"), ("nova", "amazon.nova-pro-v1:0"),
      ("opus 4.7", "anthropic.claude-opus-4-7"), ("opus-4.7", "anthropic.claude-opus-4-7"),
      ("Claude_Opus_4-7", "anthropic.claude-opus-4-7"),
      // Sonnet 4.5 has both words too.
      ("sonnet 4", "anthropic.claude-sonnet-4-20250514-v1:0"), ("sonnet 4.5", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
      ("sonnet 4 2025", nil), ("anthropic.claude-sonnet-4-5", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
      ("openai.gpt-5.4", "openai.gpt-5.4"), ("gpt 5.4", "openai.gpt-5.4"), ("gpt-5", "openai.gpt-5.4"), ("opus", nil),
      ("rocket", nil),
      ("4", nil),
      ("acme.rocket-9-v1:0", nil), ("us.acme.rocket-9-v1:0", nil), ("", nil), (".", nil),
    ] as [(String, String?)])
  func aTextMeansOneModel(text: String, model: String?) {
    let search = ModelSearch(text, in: context, provisioned: [RouteBench.throughput()])
    #expect((try? search.model())?.description == model)
  }

  @Test func severalAreNamed() {
    let error = #expect(throws: BedquotaError.self) { try ModelSearch("opus", in: context).model() }
    #expect(error?.code == .model)
    #expect(
      error?.message
        == "\"opus\" may mean 2 models: anthropic.claude-opus-4-6-v1, anthropic.claude-opus-4-7. Name one of them.")
  }

  @Test func theNearestAreNamed() {
    let search = ModelSearch("amazon.nova-por-v1:0", in: context)
    #expect(search.models.isEmpty && search.nearest.contains("amazon.nova-pro-v1:0"))
    let error = #expect(throws: BedquotaError.self) { try search.model() }
    #expect(error?.message.contains("The nearest: amazon.nova-pro-v1:0") == true)
  }

  @Test func placesThatHaveDifferentModels() throws {
    let east = ModelSearch("sonnet 4", in: context)
    let newer = RouteBench.models.filter { $0.modelId.contains("sonnet-4-5") }
    let west = ModelSearch("sonnet 4", in: RouteBench.context(models: newer, profiles: []))
    #expect(west.models.map(\.description) == ["anthropic.claude-sonnet-4-5-20250929-v1:0"] && !west.isExact)
    // Where one place has the very model, others don't change what is meant.
    #expect(try ModelSearch([west, east]).model().description == "anthropic.claude-sonnet-4-20250514-v1:0")
    #expect(try ModelSearch([west]).model().description == "anthropic.claude-sonnet-4-5-20250929-v1:0")
    let other = ModelSearch("opus", in: context)
    #expect(ModelSearch([other, other]).models.count == 2)
  }
}
