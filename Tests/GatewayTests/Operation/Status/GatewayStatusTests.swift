import AWSServer
import Foundation
import Reports
import Testing

@testable import Gateway

@Suite struct GatewayStatusTests {
  /// The names are an interface: docs/gateway-operation.md promises them.
  @Test func theNamesStay() throws {
    var gateway = LiveStatus.Gateway(
      version: "1.2.3", startedAt: Timestamp(seconds: 0), now: Timestamp(seconds: 90),
      configurationLoadedAt: Timestamp(seconds: 1))
    gateway.notReadyReason = "x"
    var account = LiveStatus.Account(name: "own", role: nil, isReady: true, credentialsProblem: nil)
    account.regions = [.init(region: "us-east-1")]
    var pool = LiveStatus.Pool(id: "m", account: "own", region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.quotas = [.init(code: "L-A", name: "Tokens", measure: "tpm", limit: 100, level: 40, reserved: 10, used: 50)]
    (pool.inFlight, pool.waiting, pool.longestWaitSeconds, pool.throttlesLastHour) = (1, 2, 3.5, 0)
    pool.lastHour = .init(start: Timestamp(seconds: 0), demand: [1], throttles: [0])
    var caller = LiveStatus.Caller(name: "chat", share: 3, priority: "normal")
    caller.tokensLastHour = 5
    caller.budgets = [.init(name: "tokens_per_day", limit: 1_000, left: 10)]
    var candidate = LiveStatus.Candidate(route: "m@us-east-1/own", id: "m", account: "own", region: "us-east-1")
    candidate.restingUntil = Timestamp(seconds: 60)
    let routes = [LiveStatus.Route(name: "nova", candidates: [candidate])]
    let body = LiveStatus(
      source: .gateway, at: Timestamp(seconds: 90), gateway: gateway, accounts: [account], pools: [pool], routes: routes,
      callers: [caller]
    ).reply().body
    let status = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
    #expect(status.keys.sorted() == ["accounts", "at", "callers", "gateway", "pools", "routes", "source"])
    let accounts = try #require(status["accounts"] as? [[String: Any]])
    #expect(accounts[0].keys.sorted() == ["isReady", "name", "regions"])
    let members = try #require(status["gateway"] as? [String: Any])
    #expect(members["startedAt"] as? String == "1970-01-01T00:00:00Z" && members["uptimeSeconds"] as? Int == 90)
    #expect(members["isReady"] as? Bool == false && members["configurationFile"] == nil)
    let pools = try #require(status["pools"] as? [[String: Any]])
    #expect(
      pools[0].keys.sorted() == [
        "account", "endpoint", "id", "inFlight", "lastHour", "longestWaitSeconds", "notes", "quotas", "region", "status",
        "throttlesLastHour", "waiting",
      ])
    let quotas = try #require(pools[0]["quotas"] as? [[String: Any]])
    #expect(quotas[0].keys.sorted() == ["code", "level", "limit", "measure", "name", "reserved", "used"])
    let named = try #require(status["routes"] as? [[String: Any]])
    #expect(named[0].keys.sorted() == ["candidates", "name", "spills"])
    let candidates = try #require(named[0]["candidates"] as? [[String: Any]])
    #expect(
      candidates[0].keys.sorted() == ["account", "id", "region", "requests", "restingUntil", "route", "sessions"])
    let callers = try #require(status["callers"] as? [[String: Any]])
    #expect(callers[0].keys.sorted() == ["budgets", "inFlight", "name", "priority", "share", "tokensLastHour", "waiting"])
  }
}
