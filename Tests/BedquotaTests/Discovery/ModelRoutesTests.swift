import AWSWire
import Bedquota
import BedrockQuotas
import Testing

struct ModelRoutesTests {
  @Test func everyWayAndItsPool() {
    let routes = RouteBench.routes(in: RouteBench.context(), [RouteBench.throughput()])
    #expect(routes.routes.map(\.id) == [RouteBench.bought, "us.amazon.nova-pro-v1:0", RouteBench.copy, "amazon.nova-pro-v1:0"])
    #expect(routes.routes.map(\.kind) == [.provisioned, .systemProfile, .applicationProfile, .model])
    // An application profile has the quotas of its source; provisioned throughput has none per minute.
    #expect(routes.routes.map(\.pool) == [nil, 1, 1, 2])
    #expect(routes.pools.map { $0.limit(.tpm)?.value } == [1_600_000, 400_000])
    #expect(routes.pools[0].ids == ["us.amazon.nova-pro-v1:0", RouteBench.copy])
    #expect(routes.routes.allSatisfy { $0.isUsable && $0.needs.isEmpty })
    #expect(routes.routes[1].destinations == RouteBench.usRegions && routes.routes[1].geography == "us")
    #expect(routes.name == "Nova Pro" && routes.routes[0].provisioned?.modelUnits == 2)
  }

  @Test func aModelOfProfilesAlone() {
    let routes = RouteBench.routes(of: RouteBench.opus)
    #expect(routes.routes.map(\.kind) == [.systemProfile, .model, .systemProfile, .mantle])
    let own = routes.routes[1]
    #expect(own.needs == [.profile(["global.anthropic.claude-opus-4-7", "us.anthropic.claude-opus-4-7"])])
    #expect(!own.isUsable && own.pool == nil)
    #expect(routes.routes[2].isGlobal && routes.routes[2].geography == nil)
    #expect(routes.pools.map(\.endpoint) == [.runtime, .runtime, .mantle])
  }

  @Test func eachPoolCountsOnce() {
    let routes = RouteBench.routes(in: RouteBench.context(), [RouteBench.throughput()])
    let total = RouteTotal([routes])
    #expect(total.tokensPerMinute == 2_000_000 && total.parts.map(\.pool) == [1, 2] && total.mantle == nil)
    // The day's tokens are one quota for both pools.
    #expect(total.shared.map(\.code) == ["L-3"] && total.shared.map(\.pools) == [[1, 2]])
    let opus = RouteTotal([RouteBench.routes(of: RouteBench.opus)])
    #expect(opus.tokensPerMinute == 12_000_000 && opus.mantle?.input == 20_000_000 && opus.mantle?.output == 2_000_000)
  }

  @Test func regionsAddAndTheSameAccountDoesNot() {
    let east = RouteBench.routes()
    let west = RouteBench.routes(in: RouteBench.context(region: "us-west-2"))
    let answers = [east, west].numbered
    #expect(answers.map { $0.pools.map(\.number) } == [[1, 2], [3, 4]])
    #expect(answers[1].routes.map(\.pool) == [3, 3, 4])
    #expect(RouteTotal(answers).tokensPerMinute == 4_000_000)
    #expect(RouteTotal([east, east].numbered).tokensPerMinute == 2_000_000)
  }

  @Test func aQuotaOf0ClosesItsRoutes() {
    var quotas = RouteBench.quotas
    quotas[1].appliedValue = 0
    let routes = RouteBench.routes(in: RouteBench.context(quotas: quotas))
    #expect(routes.routes.map(\.isUsable) == [false, false, true])
    #expect(routes.routes[0].needs.map(\.name) == ["quota"] && routes.routes[0].needs[0].message.contains("L-2"))
    #expect(RouteTotal([routes]).tokensPerMinute == 400_000)
    #expect(GatewayModels([routes]).lists.map { $0.entries.map(\.id) } == [["amazon.nova-pro-v1:0"]])
  }

  @Test(arguments: [
    ("Creating", nil, ["status"]), ("InService", "arn:aws:bedrock:us-east-1:123456789012:custom-model/x", ["custom-model"]),
  ])
  func aThroughputThatDoesNotServeTheModel(status: String, customModel: String?, needs: [String]) {
    let routes = RouteBench.routes(in: RouteBench.context(), [RouteBench.throughput(status: status, customModel: customModel)])
    let bought = routes.routes.first { $0.kind == .provisioned }
    #expect(bought?.needs.map(\.name) == needs && bought?.isUsable == false)
    #expect(GatewayModels([routes]).lists[0].entries.map(\.id) == ["us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"])
  }

  @Test func whatAWSSaysAboutAccess() {
    var routes = RouteBench.routes(of: RouteBench.opus)
    routes.add(
      ModelAccess(agreement: "PENDING", authorization: "NOT_AUTHORIZED", entitlement: "NOT_AVAILABLE", region: "NOT_AVAILABLE"))
    #expect(routes.routes[0].needs == [.access, .authorization, .agreement("PENDING")] && routes.routes[0].isUsable)
    #expect(routes.routes[1].needs.map(\.name) == ["profile", "access", "authorization", "agreement", "region"])
    // bedrock-mantle has permissions of its own.
    #expect(routes.routes.last?.kind == .mantle && routes.routes.last?.needs == [])
    var granted = RouteBench.routes()
    granted.add(ModelAccess(agreement: "AVAILABLE", authorization: "AUTHORIZED", entitlement: "AVAILABLE", region: "AVAILABLE"))
    #expect(granted.routes.allSatisfy { $0.needs.isEmpty })
  }

  @Test func aLegacyModel() {
    let model = ModelID("anthropic.claude-sonnet-4-20250514-v1:0")!
    let profiles = [RouteBench.profile("us.\(model)", of: model, status: "DELETED")]
    let routes = RouteBench.routes(of: model, in: RouteBench.context(profiles: profiles))
    let onRuntime = routes.routes.filter { $0.kind != .mantle }
    #expect(onRuntime.map { $0.needs.map(\.name) } == [["status", "legacy"], ["profile", "legacy"]])
    // No quota names it, which is unknown and not 0.
    #expect(RouteTotal([routes]).tokensPerMinute == nil && RouteTotal([routes]).unknown == [])
  }

  @Test func whatWasNotListedIsUnknown() {
    let lists = QuotaResolver.Lists(models: false, profiles: true)
    let routes = RouteBench.routes(in: RouteBench.context(models: [], lists: lists), nil)
    // By rule, quotas name the model's own id.
    #expect(routes.routes.map(\.kind) == [.systemProfile, .applicationProfile, .model])
    #expect(routes.routes[2].status == nil && routes.name == nil && !routes.listsProvisioned)
  }

  @Test func withoutQuotasTheRoutesAreThere() {
    let routes = RouteBench.routes(in: RouteBench.context(quotas: []))
    #expect(routes.routes.map(\.pool) == [1, 1, 2] && routes.pools.allSatisfy { $0.limits.isEmpty })
    #expect(RouteTotal([routes]).tokensPerMinute == nil && RouteTotal([routes]).unknown == [1, 2])
  }

  @Test func aModelOfMantleAlone() throws {
    let context = RouteBench.context()
    let model = try ModelSearch("openai.gpt-5.4", in: context).model()
    let routes = RouteBench.routes(of: model, in: context)
    #expect(routes.routes.map(\.kind) == [.mantle] && routes.pools[0].limit(.outputTPM)?.value == 500_000)
    #expect(RouteTotal([routes]).tokensPerMinute == nil)
    #expect(GatewayModels([routes]).lists.isEmpty)
  }
}
