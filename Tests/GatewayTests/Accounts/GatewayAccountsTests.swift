import AWSClient
import AWSServer
import AWSWire
import Bedquota
import TestSupport
import Testing

@testable import Gateway

/// Which account and Region a request goes to.
@Suite struct GatewayAccountsTests {
  private static func accounts(_ settings: [AccountSettings], home: String = "us-east-1") throws -> GatewayAccounts {
    let client = AWSClient(
      configuration: try TestEmulator.configuration(url: "http://127.0.0.1:9", region: home), transport: ScriptedTransport([]))
    return try GatewayAccounts(settings, own: BedquotaSession(client: client), options: QuotaPools.Options())
  }

  private static let two = [
    AccountSettings(regions: ["us-east-1", "us-west-2"]),
    AccountSettings(
      name: "lab", role: AssumeRoleInput(roleARN: "arn:aws:iam::222222222222:role/a"), regions: ["eu-west-1", "us-east-1"]),
  ]

  /// `ACCOUNT REGION`, or how the refusal ends.
  private static func place(_ accounts: GatewayAccounts, _ asked: String?, _ route: NamedRoute? = nil) -> String {
    do throws(GatewayRefusal) {
      let place = try accounts.place(asked: asked, route: route)
      return "\(place.account.name) \(place.region)"
    } catch {
      return error.fault.message
    }
  }

  @Test(arguments: [
    (nil, "own us-east-1"), ("us-east-1", "own us-east-1"), ("us-west-2", "own us-west-2"), ("eu-west-1", "lab eu-west-1"),
    (
      "ap-south-1",
      "The gateway takes no requests for the Region ap-south-1; it serves us-east-1, us-west-2, eu-west-1."
    ),
  ])
  func aPlainIDGoesToTheFirstThatServesItsRegion(asked: String?, expected: String) throws {
    #expect(Self.place(try Self.accounts(Self.two), asked) == expected)
  }

  @Test func aRouteSaysMore() throws {
    let accounts = try Self.accounts(Self.two)
    let lab = NamedRoute(id: "a.b", account: "lab")
    #expect(Self.place(accounts, nil, lab) == "lab eu-west-1", "its first Region is its default")
    #expect(Self.place(accounts, "us-east-1", lab) == "lab us-east-1")
    #expect(
      Self.place(accounts, "us-west-2", lab)
        == "The gateway takes no requests for this model in the Region us-west-2; it serves eu-west-1, us-east-1.")
    #expect(
      Self.place(accounts, "us-west-2", NamedRoute(id: "a.b", account: "lab", region: "us-east-1")) == "lab us-east-1")
    #expect(Self.place(accounts, nil, NamedRoute(id: "a.b", region: "eu-west-1")) == "lab eu-west-1")
  }

  /// The Region that the user chose for the gateway is the default one.
  @Test func theGatewaysOwnRegionIsTheDefault() throws {
    #expect(Self.place(try Self.accounts(Self.two, home: "us-west-2"), nil) == "own us-west-2")
    let open = try Self.accounts([], home: "eu-north-1")
    #expect(open.all.count == 1 && open.first.name == "own")
    #expect(Self.place(open, nil) == "own eu-north-1" && Self.place(open, "us-west-2") == "own us-west-2")
    #expect(
      Self.place(open, "us-evil-9")
        == "The gateway takes no requests for the Region us-evil-9; it serves those that have Bedrock.")
  }
}
