import AWSServer
import Foundation
import Testing

@testable import Gateway

@Suite struct GatewayHealthTests {
  private var ready: GatewayHealth {
    var health = GatewayHealth()
    health.credentialsProblem = nil
    health.quotasWereRead()
    return health
  }

  @Test func aGatewayThatStartsIsLiveAndNotReady() {
    let health = GatewayHealth()
    #expect(health.reply(to: .live, accept: nil).status == 200)
    #expect(health.reply(to: .ready, accept: nil).status == 503)
    #expect(health.reply(to: .health, accept: nil).status == 503)
  }

  @Test func whatIsMissingIsSaid() {
    var health = GatewayHealth()
    health.credentialsProblem = "The token\nhas expired."
    #expect(health.notReadyReason == "There are no AWS credentials: The token has expired.")
    health.credentialsProblem = nil
    #expect(health.notReadyReason == "The quotas were not read yet.")
    health.quotasProblem = "AWS can't be reached."
    #expect(health.notReadyReason == "AWS can't be reached.")
    health.quotasWereRead()
    #expect(health.notReadyReason == nil && health.reply(to: .ready, accept: nil).status == 200)
  }

  /// Quotas that were read stay known; credentials that fail later make a load balancer look elsewhere.
  @Test func credentialsThatFailLaterCount() {
    var health = ready
    health.credentialsProblem = "The role can't be assumed."
    #expect(health.reply(to: .ready, accept: nil).status == 503)
    health.credentialsProblem = nil
    #expect(health.isReady)
  }

  @Test func drainingIsLiveAndNotReady() {
    var health = ready
    health.drainingBegan()
    #expect(health.reply(to: .live, accept: nil).status == 200)
    let reply = health.reply(to: .ready, accept: "*/*")
    #expect(reply.status == 503 && reply.body == Data("The gateway is ending.\n".utf8))
  }

  @Test(arguments: [
    (GatewayHealth.Page.ready, nil, false), (.ready, "application/json", true), (.health, nil, true),
    (.health, "text/plain", false),
    (.health, "*/*", true),
  ])
  func whoAsksForJSONGetsIt(page: GatewayHealth.Page, accept: String?, isJSON: Bool) {
    let body = ready.reply(to: page, accept: accept).body
    #expect(body == Data((isJSON ? "{\"status\":\"ok\"}\n" : "ok\n").utf8))
  }
}
