import AWSWire
import Bedquota
import BedrockQuotas
import Testing

@testable import BedquotaCommands

/// Which of the scopes that a command names requests may go to, and in which order.
struct ScopeChoiceTests {
  private static let nova = "amazon.nova-pro-v1:0"
  private static let gpt = "openai.gpt-5.4"
  private static let bought = "arn:aws:bedrock:us-west-2:123456789012:provisioned-model/abc123def456"
  private static let application = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"

  private static func context(_ region: String, lists: Bool = true) -> QuotaContext {
    var model = FoundationModel(modelArn: "arn:aws:bedrock:\(region)::foundation-model/\(nova)", modelId: nova)
    (model.modelName, model.inferenceTypesSupported) = ("Nova Pro", ["ON_DEMAND", "INFERENCE_PROFILE"])
    let lite = "amazon.nova-lite-v1:0"
    var other = FoundationModel(modelArn: "arn:aws:bedrock:\(region)::foundation-model/\(lite)", modelId: lite)
    (other.modelName, other.inferenceTypesSupported) = ("Nova Lite", ["ON_DEMAND"])
    let profiles = [("us.\(nova)", "SYSTEM_DEFINED"), ("abc123def456", "APPLICATION")].map { id, type in
      let kind = type == "APPLICATION" ? "application-inference-profile" : "inference-profile"
      var profile = InferenceProfile(
        inferenceProfileName: id, inferenceProfileArn: "arn:aws:bedrock:\(region):123456789012:\(kind)/\(id)",
        models: [.init(modelArn: model.modelArn)], inferenceProfileId: id)
      (profile.type, profile.status) = (type, "ACTIVE")
      return profile
    }
    let quotas = [("L-1", "On-demand"), ("L-2", "Cross-region")].map { code, scope in
      Quota(
        code: code, name: QuotaName("\(scope) model inference tokens per minute for Amazon Nova Pro"), appliedValue: 400_000,
        family: "Nova")
    }
    return QuotaContext(
      inventory: QuotaInventory(region: region, quotas: quotas),
      catalog: ModelCatalog(models: lists ? [model, other] : [other], profiles: lists ? profiles : []))
  }

  private static func places(_ regions: String..., without: String? = nil) -> [ScopePlace] {
    regions.map { region in
      ScopePlace(place: Place(account: nil, region: region), context: context(region, lists: region != without))
    }
  }

  private static func choice(
    _ ids: [String], _ places: [ScopePlace], on endpoint: QuotaEndpoint? = nil
  ) throws -> ScopeChoice { try ScopeChoice(ids.map { try #require(InvokedID($0)) }, at: places, on: endpoint) }

  @Test func idsComeBeforeRegions() throws {
    let found = try Self.choice(["us.\(Self.nova)", Self.nova], Self.places("us-east-1", "us-west-2"))
    #expect(
      found.labels == [
        "us.\(Self.nova) us-east-1", "us.\(Self.nova) us-west-2", "\(Self.nova) us-east-1", "\(Self.nova) us-west-2",
      ])
    #expect(found.notes.isEmpty)
    #expect(try Self.choice([Self.nova], Self.places("us-east-1", "us-west-2")).labels == ["us-east-1", "us-west-2"])
  }

  @Test func accountsComeBetweenThem() throws {
    let places = ["own", "lab"].flatMap { account in
      Self.places("us-east-1", "us-west-2").map { place in
        var place = place
        place.place.account = account
        return place
      }
    }
    #expect(try Self.choice([Self.nova], places).labels == ["own us-east-1", "own us-west-2", "lab us-east-1", "lab us-west-2"])
  }

  @Test func aRegionWithoutTheModelIsLeftOut() throws {
    let places = Self.places("us-east-1", "us-west-2", without: "us-west-2")
    let found = try Self.choice(["us.\(Self.nova)"], places)
    #expect(found.labels == ["us-east-1"])
    #expect(found.notes == ["us-west-2: us.\(Self.nova) is left out, because the account doesn't list it there."])
  }

  /// Two clients of one quota would each count only a part of its use.
  @Test func anIDThatSharesAPoolIsLeftOut() throws {
    let found = try Self.choice(["us.\(Self.nova)", Self.application], Self.places("us-east-1"))
    #expect(found.drafts.map(\.id.text) == ["us.\(Self.nova)"])
    let reason = "because it has the quotas of us.\(Self.nova) and adds nothing."
    #expect(found.notes == ["us-east-1: \(Self.application) is left out, \(reason)"])
  }

  /// Two names of one account would be two clients of one quota.
  @Test func twoNamesOfOneAccountAreOneScope() throws {
    func places(_ accounts: [(name: String, id: String?)]) -> [ScopePlace] {
      accounts.map { account in
        var place = Self.places("us-west-2")[0]
        (place.place.account, place.accountID) = (account.name, account.id)
        return place
      }
    }
    let one = try Self.choice([Self.nova, Self.bought], places([("own", "123456789012"), ("lab", "123456789012")]))
    #expect(one.drafts.map(\.id.text) == [Self.bought, Self.nova] && one.drafts.allSatisfy { $0.place.place.account == "own" })
    #expect(
      one.notes
        == [Self.nova, Self.bought].map {
          "lab us-west-2: \($0) is left out, because it has the quotas of \($0) of own us-west-2 and adds nothing."
        })
    let two = try Self.choice([Self.nova], places([("own", "123456789012"), ("lab", "210987654321")]))
    #expect(two.drafts.count == 2 && two.notes.isEmpty)
    #expect(try Self.choice([Self.nova], places([("own", nil), ("lab", nil)])).drafts.count == 2)
    #expect(Self.context("us-east-1").accountID == "123456789012")
  }

  @Test func moreScopesThanARouterTakesAreRefused() throws {
    let ids = try [Self.nova, "us.\(Self.nova)"].map { try #require(InvokedID($0)) }
    let places = (0..<33).map { Place(account: "a\($0)", region: "us-east-1") }
    try ScopeChoice.checkCount(ids, at: Array(places.prefix(32)))
    let refusal = #expect(throws: BedquotaError.self) { try ScopeChoice.checkCount(ids, at: places) }
    #expect(
      refusal?.message
        == "66 scopes are named, and a command sends to at most 64; name fewer ids, Regions or accounts.")
    #expect(refusal?.parameters == [])
    // An ARN of another Region is no scope.
    try ScopeChoice.checkCount([try #require(InvokedID(Self.bought))], at: places + places)
  }

  @Test func provisionedThroughputComesFirstAndInItsRegionAlone() throws {
    let found = try Self.choice([Self.nova, Self.bought], Self.places("us-east-1", "us-west-2"))
    #expect(found.drafts.map(\.id.text) == [Self.bought, Self.nova, Self.nova])
    #expect(found.drafts[0].place.place.region == "us-west-2")
  }

  @Test func anARNOfNoneOfTheRegionsIsNamed() throws {
    let found = try Self.choice([Self.nova, Self.bought], Self.places("us-east-1"))
    #expect(found.drafts.map(\.id.text) == [Self.nova])
    #expect(found.notes == ["\(Self.bought) is left out: it is of another Region or account than those that are named."])
  }

  @Test func idsOfTwoEndpointsAreRefused() throws {
    let refusal = #expect(throws: BedquotaError.self) {
      try Self.choice([Self.nova, Self.gpt], Self.places("us-east-1"))
    }
    #expect(refusal?.parameters == ["endpoint"])
    #expect(refusal?.message.contains("bedrock-runtime, and openai.gpt-5.4 is called on bedrock-mantle") == true)
  }
}
