import AWSWire
import Bedquota
import BedrockQuotas
import Testing

struct QuotaPoolTests {
  private let application = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"

  private var pooling: QuotaPooling {
    let arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
    let west = "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0"
    func profile(_ id: String, _ arn: String, _ type: String) -> InferenceProfile {
      var profile = InferenceProfile(
        inferenceProfileName: id, inferenceProfileArn: arn,
        models: ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", west].map { .init(modelArn: $0) },
        inferenceProfileId: id)
      profile.type = type
      return profile
    }
    let catalog = ModelCatalog(
      models: [FoundationModel(modelArn: arn, modelId: "amazon.nova-pro-v1:0")],
      profiles: [
        profile(
          "us.amazon.nova-pro-v1:0", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
          "SYSTEM_DEFINED"),
        profile("abc123def456", application, "APPLICATION"),
      ])
    let names = ["On-demand", "Cross-region", "Global cross-region"]
    let quotas = names.enumerated().map { index, scope in
      Quota(
        code: "L-\(index)", name: QuotaName("\(scope) model inference tokens per minute for Amazon Nova Pro"),
        appliedValue: 1_000,
        family: "Nova")
    }
    return QuotaPooling(resolver: catalog.resolver(for: QuotaInventory(region: "us-east-1", quotas: quotas)))
  }

  private func asked(_ ids: String...) -> [InvokedID] { ids.map { InvokedID($0)! } }

  @Test func applicationProfilesBelongToWhatTheyCopy() {
    let known: Set = ["us.amazon.nova-pro-v1:0", "abc123def456", "amazon.nova-pro-v1:0", "global.amazon.nova-pro-v1:0", "other"]
    let pools = pooling.pools(of: asked("us.amazon.nova-pro-v1:0"), known: known)
    #expect(pools.map(\.series) == [["abc123def456", "us.amazon.nova-pro-v1:0"]])
    #expect(pools[0].resolution.quotas.map(\.quota.code) == ["L-1"])
  }

  @Test func bareGeographicAndGlobalStayApart() {
    let known: Set = ["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "global.amazon.nova-pro-v1:0"]
    let pools = pooling.pools(known: known)
    #expect(pools.map(\.id) == known.sorted())
    #expect(pools.allSatisfy { $0.series == [$0.id] })
  }

  @Test func geographiesThatShareAQuotaAreOnePool() {
    let pools = pooling.pools(
      of: asked("jp.amazon.nova-pro-v1:0"), known: ["apac.amazon.nova-pro-v1:0", "jp.amazon.nova-pro-v1:0"])
    #expect(pools[0].series == ["apac.amazon.nova-pro-v1:0", "jp.amazon.nova-pro-v1:0"])
  }

  @Test func anIdOrTheArnOfAnApplicationProfile() {
    let known: Set = ["us.amazon.nova-pro-v1:0", application]
    for id in [application, "abc123def456"] {
      let pools = pooling.pools(of: asked(id), known: known)
      #expect(pools[0].id == id && Set(pools[0].series).isSuperset(of: known))
    }
    // Everything with traffic: the pool has the name of what was copied.
    #expect(pooling.pools(known: known).map(\.id) == ["us.amazon.nova-pro-v1:0"])
  }

  @Test func whatIsNotKnownStaysAlone() {
    let known: Set = ["zzz999", "yyy888", "not an id!", "us.amazon.nova-pro-v1:0"]
    let pools = pooling.pools(known: known)
    #expect(pools.map(\.series) == [["not an id!"], ["us.amazon.nova-pro-v1:0"], ["yyy888"], ["zzz999"]])
    #expect(pools[0].resolution.status == .unknown)
    #expect(pooling.pools(of: asked("zzz999"), known: known).map(\.series) == [["zzz999"]])
  }

  @Test func aSeriesThatIsNotListedIsStillAskedFor() {
    #expect(pooling.pools(of: asked("us.amazon.nova-pro-v1:0"), known: []).map(\.series) == [["us.amazon.nova-pro-v1:0"]])
  }
}
