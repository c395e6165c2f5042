import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
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

  /// The Region of a place, its profile and the model's own id, which can be invoked.
  private func onDemand(_ region: String, _ profileID: String) -> ModelRoutes {
    var listed = FoundationModel(modelArn: "arn:aws:bedrock:\(region)::foundation-model/\(model)", modelId: model.description)
    (listed.modelName, listed.inferenceTypesSupported) = ("Nova Pro", ["ON_DEMAND", "INFERENCE_PROFILE"])
    let catalog = ModelCatalog(models: [listed], profiles: [profile(profileID, [region])])
    let context = QuotaContext(inventory: QuotaInventory(region: region, quotas: []), catalog: catalog)
    return ModelRoutes(of: model, in: context, provisioned: [])
  }

  /// Pasted into a file of a gateway with both Regions, no name leads to the other geography.
  @Test func listsOfTwoGeographiesNameTheirRegions() throws {
    let view = RoutesView([onDemand("us-east-1", "us.\(model)"), onDemand("eu-central-1", "eu.\(model)")], showsUsage: false)
    #expect(
      view.text(usesColor: false).hasSuffix(
        """
        models:
          nova-pro-us: ["us.amazon.nova-pro-v1:0", {id: "amazon.nova-pro-v1:0", region: us-east-1}]  # us-east-1
          nova-pro-eu: ["eu.amazon.nova-pro-v1:0", {id: "amazon.nova-pro-v1:0", region: eu-central-1}]  # eu-central-1
        """))
    struct Answer: Decodable {
      struct Entry: Decodable, Equatable {
        var id: String
        var region: String?

        init(id: String, region: String? = nil) { (self.id, self.region) = (id, region) }

        init(from decoder: any Decoder) throws {
          if let id = try? decoder.singleValueContainer().decode(String.self) {
            self.init(id: id)
          } else {
            let members = try [String: String](from: decoder)
            self.init(id: members["id"] ?? "", region: members["region"])
          }
        }
      }

      var models: [String: [Entry]]
    }
    let answer = try JSONDecoder().decode(Answer.self, from: Data(view.json().utf8))
    #expect(
      answer.models == [
        "nova-pro-us": [.init(id: "us.\(model)"), .init(id: "\(model)", region: "us-east-1")],
        "nova-pro-eu": [.init(id: "eu.\(model)"), .init(id: "\(model)", region: "eu-central-1")],
      ])
  }

  @Test func aModelOfMantleAloneHasARouteThatIsUsed() throws {
    let quotas = ["Input", "Output"].map { side in
      Quota(
        code: "L-\(side)", name: QuotaName("[bedrock-mantle endpoint] \(side) tokens per minute for GPT-5.4"),
        appliedValue: 500_000,
        family: "OpenAI")
    }
    let context = QuotaContext(
      inventory: QuotaInventory(region: "us-east-1", quotas: quotas), catalog: ModelCatalog(models: [], profiles: []))
    let routes = ModelRoutes(of: try #require(ModelID("openai.gpt-5.4")), in: context, provisioned: [])
    let text = RoutesView([routes], showsUsage: false).text(usesColor: false)
    #expect(text.hasSuffix("No route of bedrock-runtime can be named here; requests to bedrock-mantle name the model itself."))
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
