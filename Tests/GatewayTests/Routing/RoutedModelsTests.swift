import AWSClient
import AWSServer
import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import Reports
import TestSupport
import Testing

@testable import Gateway

/// Names that lead to several candidates.
@Suite struct RoutedModelsTests {
  private static let nova = "us.amazon.nova-pro-v1:0"
  private static let opus = "us.anthropic.claude-opus-4-7"

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

  private func candidates(_ routes: NamedRoute...) -> [RouteCandidate] { accounts.candidates(of: routes, asked: nil) }

  /// Each candidate with a queue of its own.
  private func queues(_ candidates: [RouteCandidate]) -> [RoutedModel.Candidate] {
    candidates.map { place in
      var resolution = Resolution(id: place.id, scope: .crossRegion, status: .unknown)
      resolution.maxOutputTokens = place.id == Self.opus ? 128_000 : 10_000
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
      candidates(NamedRoute(id: "a.b", isListEntry: true), NamedRoute(id: "c.d", account: "own", isListEntry: true)).map(\.label)
        == [
          "a.b@us-east-1/own", "a.b@us-west-2/own", "a.b@us-west-2/222222222222", "c.d@us-east-1/own", "c.d@us-west-2/own",
        ])
    #expect(
      candidates(
        NamedRoute(id: "a.b", account: "222222222222", isListEntry: true),
        NamedRoute(id: "a.b", region: "us-west-2", isListEntry: true)
      ).map(\.label) == ["a.b@us-west-2/222222222222", "a.b@us-west-2/own"])
  }

  /// An account with every Region serves that of the request.
  @Test func theRequestsRegionCountsWhereNoneIsNamed() throws {
    let open = try GatewayAccounts([], own: session, options: QuotaPools.Options())
    let routes = [
      NamedRoute(id: "a.b", isListEntry: true), NamedRoute(id: "a.b", region: "us-west-2", isListEntry: true),
      NamedRoute(id: "c.d", isListEntry: true),
    ]
    #expect(
      open.candidates(of: routes, asked: nil).map(\.label) == ["a.b@us-east-1/own", "a.b@us-west-2/own", "c.d@us-east-1/own"])
    #expect(open.candidates(of: routes, asked: "us-west-2").map(\.label) == ["a.b@us-west-2/own", "c.d@us-west-2/own"])
    #expect(open.candidates(of: [routes[0]], asked: "us-evil-9").isEmpty)
  }

  @Test func callersAreToldNoAccountNumber() {
    let labels = candidates(NamedRoute(id: "a.b", isListEntry: true)).map(\.publicLabel)
    #expect(labels == ["a.b@us-east-1/own", "a.b@us-west-2/own", "a.b@us-west-2"])
    let arn = "arn:aws:bedrock:us-west-2:222222222222:application-inference-profile/abc"
    let shown = candidates(NamedRoute(id: arn, region: "us-west-2", isListEntry: true))
    #expect(shown.map(\.publicLabel) == ["abc@us-west-2/own"])
    #expect(shown.map(\.label) == ["\(arn)@us-west-2/own"], "operators see it")
  }

  /// Only where the caller may have what is listed is the rest left out.
  @Test func whatIsNotListedIsLeftOut() {
    let all = candidates(NamedRoute(id: "a.b", isListEntry: true))
    func kept(lists: Bool?..., allowed: Int...) -> [Int] {
      let kept = all.listed { place in
        all.firstIndex(of: place).flatMap { lists[$0] }
      } isAllowed: { place in
        all.firstIndex(of: place).map(allowed.contains) ?? false
      }
      return kept.compactMap { all.firstIndex(of: $0) }
    }
    #expect(kept(lists: true, nil, false, allowed: 0, 1, 2) == [0, 1])
    #expect(kept(lists: true, false, false, allowed: 0) == [0])
    #expect(kept(lists: true, false, false, allowed: 1) == [0, 1, 2], "AWS says why it can't be had")
    #expect(kept(lists: false, false, false, allowed: 0, 1, 2) == [0, 1, 2])
  }

  // MARK: - The table

  @Test func aNameKeepsItsRouterWhileItsQueuesStay() throws {
    let table = RoutedModels()
    let list = [NamedRoute(id: "a.b", isListEntry: true)]
    let first = queues(accounts.candidates(of: list, asked: nil))
    let model = try table.model("nova", first)
    #expect(try table.model("nova", first) === model)
    // A reload that keeps the name keeps what it knows.
    table.keep(["nova": list, "opus": list], in: accounts)
    #expect(try table.model("nova", first) === model)
    #expect(try table.model("opus", first) !== model)
    let others = queues(candidates(NamedRoute(id: "a.b", isListEntry: true)))
    #expect(try table.model("nova", others) !== model, "other queues")
    #expect(try table.model("nova", Array(first.dropLast())) !== model, "fewer candidates")
    #expect(try table.model("nova", first) === model)
    table.keep(["opus": list], in: accounts)
    // A request that began before goes its way, and leaves nothing behind.
    #expect(try table.model("nova", first) !== model)
    #expect(table.shown.models.keys.sorted() == ["opus"])
  }

  /// What the lists of a reload don't lead to any more is not shown, and not made again.
  @Test func aReloadDropsWhereNoListLeads() throws {
    let table = RoutedModels()
    let (east, west) = (
      NamedRoute(id: "a.b", region: "us-east-1", isListEntry: true), NamedRoute(id: "a.b", region: "us-west-2", isListEntry: true)
    )
    let old = queues(candidates(east, west))
    let model = try table.model("nova", old)
    let part = try table.model("nova", [old[0]])
    table.keep(["nova": [east, NamedRoute(id: "c.d", isListEntry: true), west]], in: accounts)
    #expect(table.shown.models["nova"]?.count == 2, "it leads there too")
    table.keep(["nova": [west, east]], in: accounts)
    #expect(table.shown.models["nova"]?.map { $0 === part } == [true], "in another order")
    table.keep(["nova": [west]], in: accounts)
    #expect(table.shown.models.isEmpty)
    #expect(try table.model("nova", old) !== model)
    #expect(table.shown.models.isEmpty)
    #expect(try table.model("nova", [old[1]]) === table.shown.models["nova"]?.last)
    // A name for one id is no list.
    table.keep(["nova": [NamedRoute(id: "a.b", region: "us-west-2")]], in: accounts)
    #expect(table.shown.models.isEmpty)
  }

  /// An account with every Region has candidates wherever requests ask for them.
  @Test func aRegionThatWasAskedForIsLedTo() throws {
    let open = try GatewayAccounts([], own: session, options: QuotaPools.Options())
    let (table, list) = (RoutedModels(), [NamedRoute(id: "a.b", isListEntry: true)])
    let model = try table.model("nova", queues(open.candidates(of: list, asked: "us-west-2")))
    table.keep(["nova": list], in: open)
    #expect(table.shown.models["nova"]?.first === model)
  }

  @Test func routersOfANameAreBounded() throws {
    let table = RoutedModels()
    let used = queues(candidates(NamedRoute(id: "a.b", isListEntry: true)))
    let model = try table.model("nova", used)
    for _ in 0..<40 {
      _ = try table.model("nova", queues(candidates(NamedRoute(id: "a.b", isListEntry: true))))
      #expect(try table.model("nova", used) === model, "what is used stays")
    }
    #expect(table.shown.models["nova"]?.count == RoutedModels.routersMax)
  }

  @Test func theStatusShowsEachCandidateOnce() throws {
    let table = RoutedModels()
    for _ in 0..<2 { _ = try table.model("nova", queues(candidates(NamedRoute(id: "a.b", isListEntry: true)))) }
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
    let routes = ids.map { NamedRoute(id: $0, account: "own", isListEntry: true) }
    let model = try RoutedModel("nova", queues(accounts.candidates(of: routes, asked: nil)))
    let relayed = RelayedRequest(.messages, isStreamed: false, body: Data(json.utf8), headers: [])
    let request = ServerRequest(method: "POST", target: "/v1/messages", headers: headers, body: Data(json.utf8))
    return PlannedRoute(model, InvokedName("nova", models: ["nova": routes]), relayed, request, of: caller)
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
    func cost(_ ids: String...) throws -> (reserved: Int64, most: Int64) {
      try #require(try planned(ids, caller: Self.caller())).budgetTokens
    }
    let (nova, opus) = (try cost(Self.nova), try cost(Self.opus))
    #expect(opus.reserved > nova.reserved && opus.most > nova.most)
    for both in [try cost(Self.nova, Self.opus), try cost(Self.opus, Self.nova)] {
      #expect(both.reserved == opus.reserved && both.most == opus.most)
    }
  }

  /// A Bedrock API key of a caller's own belongs to an account that nobody here knows.
  @Test func aPassedKeysAccountIsNotNamed() throws {
    let pool = queues(candidates(NamedRoute(id: "a.b", isListEntry: true)))[0].pool
    var record = RequestRecord(atMilliseconds: 0, id: "r", method: "POST", path: "/", operation: .invocation(.converse))
    record.goes(to: pool)
    #expect(record.account == "own" && record.region == "us-east-1")
    record.goes(to: pool, isPassed: true)
    #expect(record.account == nil && record.region == "us-east-1")
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
