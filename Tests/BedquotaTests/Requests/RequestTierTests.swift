import AWSWire
import Foundation
import HTTPTypes
import Testing

@testable import Bedquota

/// The service tier in requests and replies of each API.
struct RequestTierTests {
  private static let bodies: [(ModelRequest.API, JSONValue)] = [
    (.converse, ["serviceTier": ["type": "reserved"]]), (.invokeModel, ["service_tier": "reserved"]),
    (.chatCompletions, ["service_tier": "reserved"]), (.responses, ["service_tier": "reserved"]),
  ]

  @Test(arguments: bodies)
  func aRequestNamesIt(api: ModelRequest.API, body: JSONValue) {
    #expect(ModelRequest(api, body: body).serviceTier == "reserved")
    let plain = ModelRequest(api, body: ["x": 1])
    #expect(plain.serviceTier == nil)
    let named = plain.naming(serviceTier: "reserved")
    #expect(named?.serviceTier == "reserved" && named?.body["x"] == 1)
    if api == .invokeModel { #expect(named?.json == plain.json && named?.headers.serviceTier == "reserved") }
  }

  @Test func messagesHaveNone() {
    let request = ModelRequest(.messages, body: ["service_tier": "auto"])
    #expect(request.serviceTier == nil && request.naming(serviceTier: "reserved") == nil)
  }

  @Test(
    arguments: [
      (["serviceTier": ["type": "default"]], "default"), (["service_tier": "reserved"], "reserved"),
      (["type": "response.completed", "response": ["service_tier": "default"]], "default"), (["usage": [:]], nil),
      (["serviceTier": "odd", "service_tier": 7], nil),
    ] as [(JSONValue, String?)])
  func aReplyTellsIt(json: JSONValue, tier: String?) {
    var use = TierUse()
    use.read(json)
    #expect(use.served == tier && use.isServedReserved == (tier == "reserved") && use.isOverflow == (tier == "default"))
  }

  @Test func aHeaderTellsIt() throws {
    var use = TierUse()
    use.read(HTTPFields())
    #expect(use.served == nil && !use.isOverflow)
    use.read([try #require(HTTPField.Name("x-amzn-bedrock-service-tier")): "reserved"])
    #expect(use.isServedReserved)
    // A new attempt has a reply of its own.
    use.begin(isApart: true)
    #expect(use.served == nil && use.isApart)
  }
}
