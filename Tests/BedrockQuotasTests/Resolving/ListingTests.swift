import BedrockQuotas
import Testing

/// Quotas are found by rule, whether or not the account lists the id; the resolution says which.
struct ListingTests {
  private static let account = "arn:aws:bedrock:us-east-1:111122223333"

  private func resolver(_ lists: QuotaResolver.Lists = .init()) -> QuotaResolver {
    func profile(_ id: String, type: String = "inference-profile") -> QuotaResolver.Profile {
      .init(
        id: id, arn: "\(Self.account):\(type)/\(id)",
        modelARNs: ["us-east-1", "us-west-2"].map { "arn:aws:bedrock:\($0)::foundation-model/amazon.nova-pro-v1:0" },
        isApplication: type != "inference-profile")
    }
    func model(_ id: String, _ type: String) -> QuotaResolver.Model {
      .init(id: ModelID(id)!, name: nil, inferenceTypes: [type], customizations: [])
    }
    let names = ["On-demand", "Cross-region"].map { "\($0) model inference tokens per minute for Amazon Nova Pro" }
    var resolver = QuotaResolver(
      quotas: names.map { Quota(code: "L-\($0)", name: QuotaName($0), appliedValue: 1, family: "Nova") },
      models: lists.models ? [model("amazon.nova-pro-v1:0", "ON_DEMAND"), model("amazon.nova-pro-v1:0:24k", "PROVISIONED")] : [],
      profiles: lists.profiles
        ? [profile("us.amazon.nova-pro-v1:0"), profile("abcd1234efgh", type: "application-inference-profile")] : [],
      region: "us-east-1")
    resolver.lists = lists
    return resolver
  }

  @Test(arguments: [
    "us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0:24k", "abcd1234efgh",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", account + ":inference-profile/us.amazon.nova-pro-v1:0",
    account + ":application-inference-profile/abcd1234efgh", account + ":inference-profile/abcd1234efgh",
  ])
  func whatIsListed(id: String) throws {
    let resolution = resolver().resolve(try #require(InvokedID(id)))
    #expect(resolution.isListed == true && resolution.nearest.isEmpty && resolution.listingNote == nil)
    #expect(resolution.note?.contains("list") != true)
  }

  @Test(arguments: [
    ("us.amazon.nova-pro-v1", "us.amazon.nova-pro-v1:0"), ("eu.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    ("us.amazon.nova-prp-v1:0", "us.amazon.nova-pro-v1:0"), ("amazon.nova-pro-v1", "amazon.nova-pro-v1:0"),
    ("arn:aws:bedrock:us-east-1:999999999999:inference-profile/us.amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"),
    ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1", "amazon.nova-pro-v1:0"),
    (account + ":application-inference-profile/abcd1234efgx", account + ":application-inference-profile/abcd1234efgh"),
  ])
  func whatIsNot(id: String, nearest: String) throws {
    let resolution = resolver().resolve(try #require(InvokedID(id)))
    #expect(resolution.isListed == false && resolution.nearest.first == nearest)
    #expect(resolution.note?.contains("The account doesn't list \(id) in us-east-1") == true)
    #expect(resolution.note?.contains(nearest) == true)
    // Forms that aren't served on demand are no way out.
    #expect(!resolution.nearest.contains("amazon.nova-pro-v1:0:24k"))
  }

  @Test func theQuotasStay() throws {
    for id in ["us.amazon.nova-pro-v1", "eu.amazon.nova-pro-v1:0"] {
      let resolution = resolver().resolve(try #require(InvokedID(id)))
      #expect(resolution.status == .resolved && resolution.quotas.map(\.quota.name.scope) == [.crossRegion])
    }
  }

  @Test func anotherAccountIsNamed() throws {
    for type in [
      "inference-profile/us.amazon.nova-pro-v1:0", "provisioned-model/abc", "application-inference-profile/abcd1234efgh",
    ] {
      let note = resolver().resolve(try #require(InvokedID("arn:aws:bedrock:us-east-1:999999999999:\(type)"))).note
      #expect(note?.contains("of the account 999999999999; this account is 111122223333") == true)
    }
  }

  /// Nothing follows from a list that was not read, or of another Region.
  @Test func whatCannotBeKnown() throws {
    let id = try #require(InvokedID("us.amazon.nova-prp-v1:0"))
    let bare = try #require(InvokedID("amazon.nova-prp-v1:0"))
    #expect(resolver(.init(models: true, profiles: false)).resolve(id).isListed == nil)
    #expect(resolver(.init(models: true, profiles: false)).resolve(bare).isListed == false)
    #expect(resolver(.init(models: false, profiles: true)).resolve(id).isListed == false)
    #expect(resolver(.init(models: false, profiles: true)).resolve(bare).isListed == nil)
    let elsewhere = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-pro-v1:0"
    #expect(resolver().resolve(try #require(InvokedID(elsewhere))).isListed == nil)
    #expect(resolver().resolve(try #require(InvokedID(Self.account + ":imported-model/zxcv1234"))).isListed == nil)
    #expect(QuotaResolver(quotas: []).resolve(id).isListed == nil)
  }

  @Test func aNameMayBeAProvisionedThroughput() throws {
    let resolution = resolver().resolve(try #require(InvokedID("nova-pro")))
    #expect(resolution.isListed == nil && resolution.nearest == ["amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"])
    #expect(resolution.note?.hasSuffix("The nearest that it lists: amazon.nova-pro-v1:0, us.amazon.nova-pro-v1:0.") == true)
  }
}
