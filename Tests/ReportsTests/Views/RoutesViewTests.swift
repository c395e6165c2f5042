import AWSWire
import Bedquota
import BedrockQuotas
import Reports
import Testing

struct RoutesViewTests {
  private let model = ModelID("amazon.nova-pro-v1:0")!

  private func profile(_ id: String, _ regions: [String]) -> InferenceProfile {
    var profile = InferenceProfile(
      inferenceProfileName: id, inferenceProfileArn: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/\(id)",
      models: regions.map { .init(modelArn: "arn:aws:bedrock:\($0)::foundation-model/\(model)") }, inferenceProfileId: id)
    (profile.type, profile.status) = ("SYSTEM_DEFINED", "ACTIVE")
    return profile
  }

  private func routes(_ tokens: Double? = 1_600_000) -> ModelRoutes {
    var listed = FoundationModel(modelArn: "arn:aws:bedrock:us-east-1::foundation-model/\(model)", modelId: model.description)
    (listed.modelName, listed.inferenceTypesSupported) = ("Nova Pro", ["INFERENCE_PROFILE"])
    let profiles = [profile("us.\(model)", ["us-east-1", "us-west-2"]), profile("global.\(model)", ["us-east-1", ""])]
    let quota = Quota(
      code: "L-1", name: QuotaName("Cross-region model inference tokens per minute for Amazon Nova Pro"), appliedValue: tokens,
      family: "Nova")
    let context = QuotaContext(
      inventory: QuotaInventory(region: "us-east-1", quotas: [quota]), catalog: ModelCatalog(models: [listed], profiles: profiles)
    )
    return ModelRoutes(of: model, in: context, provisioned: [])
  }

  @Test func theWholeAnswer() {
    let text = RoutesView([routes()], showsUsage: false).text(usesColor: false)
    #expect(
      text == """
        Nova Pro (amazon.nova-pro-v1:0) in us-east-1: 3 routes, 2 pools of quotas
          ROUTE                        KIND            POOL  GOES TO                STATUS  NEEDS
          us.amazon.nova-pro-v1:0      system-profile     1  us-east-1, us-west-2   ACTIVE
          amazon.nova-pro-v1:0         model              –  us-east-1              –       profile
          global.amazon.nova-pro-v1:0  system-profile     2  any commercial Region  ACTIVE
          profile: On-demand throughput isn't supported for the model's own id; name global.amazon.nova-pro-v1:0 or us.amazon.nova-pro-v1:0.
          Access to the model: unknown.
          Pool 2: No global quota in this Region could be matched with this model with certainty.

          POOL  SCOPE         MEASURE      QUOTA  CODE  NAME
             1  cross-region  tpm      1,600,000  L-1   Cross-region model inference tokens per minute for Amazon Nova Pro
          Together 1,600,000 tokens per minute, all of pool 1.
          No quota of tokens per minute is known for pool 2.

        For the configuration of a gateway, a name for the routes of one geography:

        models:
          nova-pro: ["us.amazon.nova-pro-v1:0"]
          # "global.amazon.nova-pro-v1:0" would process requests in any commercial Region
        """)
  }

  /// What is pasted into a file must not be broken.
  @Test func linesOfAFileAreNeverWrapped() {
    let lines = RoutesView([routes()]).text(usesColor: false, width: 40).split(separator: "\n")
    #expect(lines.contains(#"  # "global.amazon.nova-pro-v1:0" would process requests in any commercial Region"#))
  }

  @Test func unknownIsNot0() throws {
    let view = RoutesView([routes(nil)])
    let text = view.text(usesColor: false)
    #expect(!text.contains("Together") && text.contains("tpm          –"))
    #expect(try !view.json().contains("tokensPerMinute"))
  }

  @Test func whatAServerSaysCantSteerTheTerminal() {
    var routes = routes()
    routes.name = "Nova\u{1B}[2J\nPro"
    #expect(!RoutesView([routes]).text(usesColor: false).contains("\u{1B}"))
  }
}
