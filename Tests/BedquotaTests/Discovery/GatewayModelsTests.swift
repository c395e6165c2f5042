import BedrockQuotas
import Testing

@testable import Bedquota

struct GatewayModelsTests {
  private let nova = RouteBench.nova

  @Test func provisionedThenTheGeographyThenTheModelItself() {
    let models = GatewayModels([RouteBench.routes(in: RouteBench.context(), [RouteBench.throughput()])])
    let entries = [RouteBench.bought, "us.\(nova)", "\(nova)"].map { GatewayModels.Entry(id: $0) }
    #expect(models.lists == [.init(name: "nova-pro", entries: entries, regions: ["us-east-1"])])
    #expect(models.apart.isEmpty)
  }

  @Test func theGlobalProfileIsTheUsersChoice() {
    let models = GatewayModels([RouteBench.routes(of: RouteBench.opus)])
    #expect(models.lists.map(\.entries) == [[.init(id: "us.anthropic.claude-opus-4-7")]])
    #expect(models.apart.map(\.id) == ["global.anthropic.claude-opus-4-7"])
  }

  /// Profiles of two geographies share a pool, so the one that keeps requests nearest is enough.
  @Test func theNarrowerOfTwoGeographies() {
    let profiles = [
      RouteBench.profile("apac.\(nova)", of: nova, ["ap-northeast-1", "ap-northeast-3", "ap-southeast-1"]),
      RouteBench.profile("jp.\(nova)", of: nova, ["ap-northeast-1", "ap-northeast-3"]),
    ]
    let routes = RouteBench.routes(in: RouteBench.context(profiles: profiles, region: "ap-northeast-1"))
    #expect(routes.routes.map(\.pool) == [1, 1, 2])
    let models = GatewayModels([routes])
    #expect(
      models.lists.map(\.entries) == [[.init(id: "jp.\(nova)"), .init(id: "\(nova)")]]
        && models.apart.map(\.id) == ["apac.\(nova)"])
  }

  @Test func regionsOfOneGeographyShareAListAndOthersDont() {
    let east = RouteBench.routes()
    let west = RouteBench.routes(in: RouteBench.context(region: "us-west-2"))
    let eu = [RouteBench.profile("eu.\(nova)", of: nova, ["eu-central-1", "eu-west-1"])]
    let central = RouteBench.routes(in: RouteBench.context(profiles: eu, region: "eu-central-1"))
    #expect(
      GatewayModels([east, west]).lists == [
        .init(name: "nova-pro", entries: [.init(id: "us.\(nova)"), .init(id: "\(nova)")], regions: ["us-east-1", "us-west-2"])
      ])
    let models = GatewayModels([east, central, west])
    #expect(models.lists.map(\.name) == ["nova-pro-us", "nova-pro-eu"])
    // Without its Region, the model's own id of one list would process prompts of the other one's geography.
    #expect(
      models.lists.map(\.entries) == [
        [
          .init(id: "us.\(nova)"), .init(id: "\(nova)", region: "us-east-1"), .init(id: "\(nova)", region: "us-west-2"),
        ],
        [.init(id: "eu.\(nova)"), .init(id: "\(nova)", region: "eu-central-1")],
      ])
    #expect(models.lists.map(\.regions) == [["us-east-1", "us-west-2"], ["eu-central-1"]])
  }

  /// Without a profile nothing but the Region's name tells the geography.
  @Test func regionsWithoutAProfileAreNamed() {
    func routes(_ region: String) -> ModelRoutes {
      RouteBench.routes(in: RouteBench.context(profiles: [], region: region))
    }
    #expect(GatewayModels([routes("eu-west-1")]).lists.map(\.entries) == [[.init(id: "\(nova)")]])
    let models = GatewayModels(["eu-west-1", "ap-south-1", "eu-central-1"].map(routes))
    #expect(models.lists.map(\.name) == ["nova-pro-eu", "nova-pro-ap"])
    #expect(models.lists.map(\.regions) == [["eu-west-1", "eu-central-1"], ["ap-south-1"]])
    let both = ["eu-west-1", "eu-central-1"].map { GatewayModels.Entry(id: "\(nova)", region: $0) }
    #expect(models.lists[0].entries == both)
    #expect(GatewayModels(["eu-west-1", "eu-central-1"].map(routes)).lists.map(\.entries) == [both])
  }

  @Test(arguments: [
    ("amazon.nova-pro-v1:0", "nova-pro"), ("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
    ("openai.gpt-oss-20b-1:0", "gpt-oss-20b"), ("deepseek.v3.2", "v3.2"),
  ])
  func namesAreThoseThatPeopleSay(id: String, name: String) { #expect(GatewayModels.name(of: ModelID(id)!) == name) }
}
