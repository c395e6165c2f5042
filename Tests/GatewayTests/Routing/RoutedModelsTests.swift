import AWSClient
import AWSServer
import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Names that lead to several candidates.
@Suite struct RoutedModelsTests {
  private static let nova = "us.amazon.nova-pro-v1:0"

  private let session: BedquotaSession
  private let accounts: GatewayAccounts

  init() throws {
    let client = AWSClient(
      configuration: try TestEmulator.configuration(url: "http://127.0.0.1:9", region: "us-east-1"),
      transport: ScriptedTransport([]))
    session = BedquotaSession(client: client)
    let lab = AssumeRoleInput(roleARN: "arn:aws:iam::222222222222:role/a")
    accounts = try GatewayAccounts(
      [
        AccountSettings(regions: ["us-east-1", "us-west-2"]),
        AccountSettings(name: "222222222222", role: lab, regions: ["us-west-2"]),
      ], own: session, options: QuotaPools.Options())
  }

  private func candidates(_ routes: Gateway.ModelRoute...) -> [RouteCandidate] { accounts.candidates(of: routes, asked: nil) }

  /// Each candidate with a queue of its own.
  private func queues(_ candidates: [RouteCandidate]) -> [RoutedModel.Candidate] {
    candidates.map { place in
      let resolution = Resolution(id: place.id, scope: .crossRegion, status: .unknown)
      let client = QuotaAwareClient(resolution, session: session)
      return RoutedModel.Candidate(
        place: place, pool: .init(account: place.account, region: place.region, client: client, times: ServiceTimes()))
    }
  }

  private static func caller(_ patterns: String...) -> Caller {
    var key = CallerKey(name: "ci", proof: .derived(serials: []))
    key.models = patterns.compactMap { ModelPattern($0) }
    return Caller(key, index: 1, isVerified: true, budget: nil)
  }

  // MARK: - The candidates

  @Test func anEntryWithoutARegionStandsForAllOfThem() {
    #expect(
      candidates(ModelRoute(id: "a.b", isListEntry: true), ModelRoute(id: "c.d", account: "own", isListEntry: true)).map(\.label)
        == [
          "a.b@us-east-1/own", "a.b@us-west-2/own", "a.b@us-west-2/222222222222", "c.d@us-east-1/own", "c.d@us-west-2/own",
        ])
    #expect(
      candidates(
        ModelRoute(id: "a.b", account: "222222222222", isListEntry: true),
        ModelRoute(id: "a.b", region: "us-west-2", isListEntry: true)
      ).map(\.label) == ["a.b@us-west-2/222222222222", "a.b@us-west-2/own"])
  }

  /// An account with every Region serves that of the request.
  @Test func theRequestsRegionCountsWhereNoneIsNamed() throws {
    let open = try GatewayAccounts([], own: session, options: QuotaPools.Options())
    let routes = [
      ModelRoute(id: "a.b", isListEntry: true), ModelRoute(id: "a.b", region: "us-west-2", isListEntry: true),
      ModelRoute(id: "c.d", isListEntry: true),
    ]
    #expect(
      open.candidates(of: routes, asked: nil).map(\.label) == ["a.b@us-east-1/own", "a.b@us-west-2/own", "c.d@us-east-1/own"])
    #expect(open.candidates(of: routes, asked: "us-west-2").map(\.label) == ["a.b@us-west-2/own", "c.d@us-west-2/own"])
    #expect(open.candidates(of: [routes[0]], asked: "us-evil-9").isEmpty)
  }

  @Test func callersAreToldNoAccountNumber() {
    let labels = candidates(ModelRoute(id: "a.b", isListEntry: true)).map(\.publicLabel)
    #expect(labels == ["a.b@us-east-1/own", "a.b@us-west-2/own", "a.b@us-west-2"])
  }

  // MARK: - The table

  @Test func aNameKeepsItsRouterWhileItsQueuesStay() throws {
    let table = RoutedModels()
    let first = queues(candidates(ModelRoute(id: "a.b", isListEntry: true)))
    let model = try table.model("nova", first)
    #expect(try table.model("nova", first) === model)
    // A reload that keeps the name keeps what it knows.
    table.keep(["nova", "opus"])
    #expect(try table.model("nova", first) === model)
    #expect(try table.model("opus", first) !== model)
    let others = queues(candidates(ModelRoute(id: "a.b", isListEntry: true)))
    #expect(try table.model("nova", others) !== model, "other queues")
    #expect(try table.model("nova", Array(first.dropLast())) !== model, "fewer candidates")
    #expect(try table.model("nova", first) === model)
    table.keep(["opus"])
    #expect(try table.model("nova", first) !== model)
    #expect(table.all.keys.sorted() == ["nova", "opus"])
  }

  @Test func routersOfANameAreBounded() throws {
    let table = RoutedModels()
    for _ in 0..<40 { _ = try table.model("nova", queues(candidates(ModelRoute(id: "a.b", isListEntry: true)))) }
    #expect(table.all["nova"]?.count == 32)
  }

  @Test func theStatusShowsEachCandidateOnce() throws {
    let table = RoutedModels()
    for _ in 0..<2 { _ = try table.model("nova", queues(candidates(ModelRoute(id: "a.b", isListEntry: true)))) }
    let metrics = GatewayMetrics()
    var record = RequestRecord(atMilliseconds: 0, id: "r", method: "POST", path: "/", operation: .invocation(.converse))
    (record.routeName, record.route) = ("nova", "a.b@us-west-2/own")
    metrics.finished(record)
    let routes = table.status(metrics, now: 0)
    #expect(routes.map(\.name) == ["nova"] && routes[0].candidates.map(\.requests) == [0, 1, 0])
    #expect(routes[0].candidates.allSatisfy { $0.restingUntil == nil && $0.sessions == 0 })
  }

  // MARK: - A request

  private func planned(
    _ ids: [String], caller: Caller, json: String = #"{"messages":[{"role":"user","content":"A"}]}"#,
    headers: [(name: String, value: String)] = []
  ) throws -> PlannedRoute? {
    let routes = ids.map { ModelRoute(id: $0, account: "own", isListEntry: true) }
    let model = try RoutedModel("nova", queues(accounts.candidates(of: routes, asked: nil)))
    let relayed = RelayedRequest(.messages, isStreamed: false, body: Data(json.utf8), headers: [])
    return PlannedRoute(model, InvokedName("nova", models: ["nova": routes]), relayed, headers, of: caller)
  }

  @Test func aKeyGoesOnlyWhereItMay() throws {
    let ids = [Self.nova, "global.amazon.nova-pro-v1:0"]
    func open(_ caller: Caller) throws -> [Bool]? { try planned(ids, caller: caller)?.bounds.map { $0 != nil } }
    #expect(try open(Self.caller()) == [true, true, true, true])
    #expect(try open(Self.caller("nova")) == [true, true, true, true])
    #expect(try open(Self.caller("global.*")) == [false, false, true, true])
    #expect(try open(Self.caller("us.anthropic.*")) == nil)
    #expect(try planned(ids, caller: Self.caller("global.*"))?.first.client.resolution.id == ids[1])
  }

  @Test func aBudgetReservesTheMostOfAllCandidates() throws {
    let json = #"{"messages":[{"role":"user","content":"A"}]}"#
    let route = try #require(try planned([Self.nova, "us.anthropic.claude-opus-4-7"], caller: Self.caller(), json: json))
    let each = zip(route.model.candidates, route.bounds).map { $0.pool.client.budgetTokens($1!) }
    #expect(route.budgetTokens.reserved == each.map(\.reserved).max() && route.budgetTokens.most == each.map(\.most).max())
  }

  @Test func aConversationHasItsNameOrItsBeginning() throws {
    func session(_ json: String, _ header: String? = nil) throws -> RouteSession? {
      let headers = header.map { [(name: "X-Bedquota-Session", value: $0)] } ?? []
      return try planned([Self.nova], caller: Self.caller(), json: json, headers: headers)?.session
    }
    let (one, other) = (#"{"messages":[{"role":"user","content":"A"}]}"#, #"{"messages":[{"role":"user","content":"B"}]}"#)
    #expect(try session(one) != session(other))
    #expect(try session(one, "s1") == session(other, "s1"))
    #expect(try session(one, "s1") != session(one, "s2"))
    #expect(try session(one, "") == session(one))
    #expect(try session("{}", "s1") == session(one, "s1"))
    #expect(try session("{}") == nil)
  }
}
