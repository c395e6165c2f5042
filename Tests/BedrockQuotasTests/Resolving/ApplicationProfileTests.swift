import BedrockQuotas
import Testing

/// Application profiles keep the Regions of the day on which they were copied; their sources may have others by now.
struct ApplicationProfileTests {
  private typealias Profile = QuotaResolver.Profile
  private static let account = "arn:aws:bedrock:us-east-1:111122223333"

  /// - Parameter regions: of the model's ARNs; an empty name is an ARN without a Region.
  private func profile(_ id: String, _ regions: [String], model: String = "acme.rocket-9", isApplication: Bool = true) -> Profile
  {
    let type = isApplication ? "application-inference-profile" : "inference-profile"
    return Profile(
      id: id, arn: "\(Self.account):\(type)/\(id)", modelARNs: regions.map { "arn:aws:bedrock:\($0)::foundation-model/\(model)" },
      isApplication: isApplication)
  }

  private func resolve(_ own: Profile, among sources: [Profile], by id: String? = nil) throws -> Resolution {
    let names = ["On-demand", "Cross-region", "Global cross-region"].map {
      "\($0) model inference tokens per minute for Acme Rocket 9"
    }
    let quotas = names.map { Quota(code: "L-\($0)", name: QuotaName($0), appliedValue: 1, family: "x") }
    let resolver = QuotaResolver(quotas: quotas, profiles: sources + [own], region: "us-east-1")
    return resolver.resolve(try #require(InvokedID(id ?? own.arn)))
  }

  private var sources: [Profile] {
    [
      profile("us.acme.rocket-9", ["us-east-1", "us-east-2", "us-west-2"], isApplication: false),
      profile("global.acme.rocket-9", ["", "us-east-1"], isApplication: false),
      profile("us.acme.rocket-8", ["us-east-1", "us-west-2"], model: "acme.rocket-8", isApplication: false),
    ]
  }

  @Test(arguments: [
    ["us-east-1", "us-west-2"], ["us-east-1", "us-east-2"], ["us-east-1", "us-east-2", "us-west-2"],
    // The source has lost a Region.
    ["us-east-1", "us-west-1", "us-west-2"], ["us-west-2"],
  ])
  func aCopyFromWhenTheSourceHadOtherRegions(regions: [String]) throws {
    let resolution = try resolve(profile("abcd1234efgh", regions), among: sources)
    #expect(resolution.scope == .crossRegion && resolution.status == .resolved && resolution.isListed == true)
    #expect(resolution.note == "An application profile of us.acme.rocket-9; its quotas apply.")
    #expect(resolution.quotas.map(\.quota.name.scope) == [.crossRegion])
  }

  @Test(arguments: [["", "us-east-1"], ["", "us-east-1", "us-west-2"]])
  func aCopyOfAGlobalProfile(regions: [String]) throws {
    let resolution = try resolve(profile("abcd1234efgh", regions), among: sources)
    #expect(resolution.scope == .global && resolution.note?.contains("global.acme.rocket-9") == true)
  }

  @Test func aCopyOfTheModelItself() throws {
    #expect(try resolve(profile("abcd1234efgh", ["us-east-1"]), among: sources).scope == .onDemand)
  }

  /// Which of two geographic profiles it was doesn't matter to the quotas.
  @Test func aCopyThatFitsTwoGeographies() throws {
    let own = profile("abcd1234efgh", ["ap-northeast-1", "ap-northeast-2"])
    let two = [
      profile("apac.acme.rocket-9", ["ap-northeast-1", "ap-northeast-2", "ap-south-1"], isApplication: false),
      profile("jp.acme.rocket-9", ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"], isApplication: false),
    ]
    let resolution = try resolve(own, among: two)
    #expect(
      resolution.scope == .crossRegion && resolution.status == .resolved && resolution.modelID?.description == "acme.rocket-9")
    #expect(try resolve(own, among: [two[0]]).note?.contains("apac.acme.rocket-9") == true)
  }

  @Test func withoutAListOfSourcesTheRegionsDecide() throws {
    #expect(try resolve(profile("abcd1234efgh", ["us-east-1", "us-west-2"]), among: []).scope == .crossRegion)
    #expect(try resolve(profile("abcd1234efgh", ["", "us-east-1"]), among: []).scope == .global)
  }

  @Test(arguments: [["eu-west-1", "eu-west-3"], ["us-east-1", "eu-west-1"], ["", "eu-west-1"]])
  func ofAnotherGeographyItIsUnknown(regions: [String]) throws {
    let resolution = try resolve(profile("abcd1234efgh", regions), among: sources)
    #expect(resolution.status == .unknown && resolution.quotas.isEmpty && resolution.note != nil)
  }

  @Test func severalModelsAreUnknown() throws {
    var mixed = profile("abcd1234efgh", ["us-east-1"])
    mixed.modelARNs.append("arn:aws:bedrock:us-west-2::foundation-model/acme.rocket-8")
    #expect(try resolve(mixed, among: sources).status == .unknown)
  }

  @Test(arguments: ["inference-profile", "application-inference-profile"])
  func eitherTypeOfItsARN(type: String) throws {
    let own = profile("abcd1234efgh", ["us-east-1", "us-west-2"])
    let resolution = try resolve(own, among: sources, by: "\(Self.account):\(type)/abcd1234efgh")
    #expect(resolution.scope == .crossRegion && resolution.status == .resolved && resolution.nearest.isEmpty)
    let other = try resolve(own, among: sources, by: "arn:aws:bedrock:us-east-1:999999999999:\(type)/abcd1234efgh")
    #expect(other.status == .unknown && other.isListed == false && other.nearest == [own.arn])
  }

  @Test func aNameIsNeverItsOwnSuggestion() throws {
    let own = profile("abcd1234efgh", ["eu-west-1", "eu-west-3"])
    for id in [own.id, own.arn] { #expect(try resolve(own, among: sources, by: id).nearest.isEmpty) }
  }
}
