import Foundation
import Testing

@testable import Reports

struct LivePageTests {
  private static let at = Timestamp(seconds: 1_795_993_200)

  private static func quota(_ measure: String = "tpm", limit: Double, level: Double?, reserved: Double?, used: Double?)
    -> LiveStatus.Quota
  {
    LiveStatus.Quota(
      code: "L-12345678", name: "Tokens per minute for a model", measure: measure, limit: limit, level: level,
      reserved: reserved, used: used)
  }

  private static func pool(_ id: String, used: Double = 640) -> LiveStatus.Pool {
    var pool = LiveStatus.Pool(id: id, account: "default", region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.quotas = [quota(limit: 1_000, level: 820 - used, reserved: 180, used: used)]
    (pool.inFlight, pool.waiting, pool.throttlesLastHour) = (3, 0, 0)
    pool.lastHour = LiveStatus.History(
      start: Timestamp(seconds: at.seconds - 3_600), demand: Array(repeating: 2, count: 60),
      throttles: Array(repeating: 0, count: 60))
    return pool
  }

  private static func status(_ pools: [LiveStatus.Pool], seconds: Int = 0) -> LiveStatus {
    LiveStatus(source: .gateway, at: Timestamp(seconds: at.seconds + seconds), pools: pools)
  }

  private struct Event: Decodable {
    var parts: [String: String]?
    var order: [String]?
    var at: String
  }

  private static func event(_ line: String?) throws -> Event {
    try JSONDecoder().decode(Event.self, from: Data(#require(line).utf8))
  }

  // MARK: Text from outside

  private static let hostile = "<script>alert(1)</script>\"'\u{301}&\u{202E}x\u{200B}\n</article>"

  @Test func textFromOutsideIsTextAndNothingElse() throws {
    var pool = Self.pool(Self.hostile)
    (pool.account, pool.region, pool.endpoint, pool.status) = (Self.hostile, Self.hostile, Self.hostile, Self.hostile)
    pool.notes = [Self.hostile]
    pool.quotas[0].measure = Self.hostile
    pool.quotas[0].code = Self.hostile
    var status = Self.status([pool])
    var gateway = LiveStatus.Gateway(version: Self.hostile, startedAt: Self.at, now: Self.at, configurationLoadedAt: Self.at)
    (gateway.url, gateway.configurationFile, gateway.notReadyReason) = (Self.hostile, Self.hostile, Self.hostile)
    status.gateway = gateway
    var caller = LiveStatus.Caller(name: Self.hostile, share: 1, priority: Self.hostile)
    caller.budgets = [LiveStatus.Budget(name: Self.hostile, limit: 1, left: 0)]
    status.callers = [caller]
    var candidate = LiveStatus.Candidate(route: Self.hostile, id: Self.hostile, account: Self.hostile, region: Self.hostile)
    candidate.restingUntil = Self.at
    status.routes = [LiveStatus.Route(name: Self.hostile, candidates: [candidate])]
    var account = LiveStatus.Account(
      name: Self.hostile, role: Self.hostile, isReady: false, credentialsProblem: Self.hostile)
    account.regions = [LiveStatus.Region(region: Self.hostile)]
    account.regions[0].quotasProblem = Self.hostile
    status.accounts = [account]
    let html = try LivePage(status).html(nonce: "n")
    #expect(!html.contains("<script>alert"))
    #expect(html.unicodeScalars.allSatisfy { $0 != "\u{202E}" && $0 != "\u{200B}" })
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;\u{301}&amp; x  &lt;/article&gt;"))
    #expect(html.matches(of: /<script/).count == 1)
    #expect(html.matches(of: /<article/).count == 1)
    // An id in the page can end neither an attribute nor a path.
    let key = PoolKey(pool)
    #expect(key.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._+".contains($0)) })
  }

  @Test func poolsThatDifferHaveDifferentCards() {
    var (one, other) = (Self.pool("a_b"), Self.pool("a/b"))
    #expect(PoolKey(one) != PoolKey(other))
    (one, other) = (Self.pool("a+us-east-1"), Self.pool("a"))
    #expect(PoolKey(one) != PoolKey(other))
    other = Self.pool("a+us-east-1")
    other.endpoint = "mantle"
    #expect(PoolKey(one) != PoolKey(other))
  }

  @Test func eachPageHasANumberOfItsOwnForItsScript() throws {
    let page = LivePage(Self.status([Self.pool("a")]))
    let (one, other) = (try page.html(), try page.html())
    #expect(one != other)
    let nonce = try #require(one.firstMatch(of: /script-src 'nonce-([a-z0-9]+)'/)).1
    #expect(nonce.count > 16)
    #expect(one.contains("<script nonce=\"\(nonce)\">"))
    #expect(one.contains("<style nonce=\"\(nonce)\">"))
    #expect(!one.contains("unsafe-inline"))
    #expect(!one.contains(" style="))
    #expect(!one.contains("{{"))
  }

  // MARK: What is unknown

  @Test func whatIsUnknownIsNotZero() throws {
    var pool = LiveStatus.Pool(id: "a", account: "default", region: "us-east-1", endpoint: "runtime", status: "unknown")
    pool.quotas = [Self.quota(limit: 1_000, level: nil, reserved: nil, used: nil)]
    let page = LivePage(Self.status([pool]))
    let key = PoolKey(pool)
    let now = try #require(page.parts[key.now])
    #expect(now.contains("<dt>in flight<dd><small>unknown</small>"))
    #expect(now.contains("<dt>waiting<dd><small>unknown</small>"))
    #expect(now.contains("<dt>throttled, 1 h<dd><small>unknown</small>"))
    #expect(now.contains("<small>unknown</small><td colspan=3>"))
    #expect(now.contains("<td>–<td>–<td>–<td>1,000"))
    #expect(!now.contains("role=meter"))
    #expect(now.contains("TPM: unknown, limit 1,000"))
    #expect(!now.contains(">0"))
    #expect(page.parts[key.hour]?.contains("Last hour: unknown") == true)
    #expect(page.parts["lead"]?.contains("<dt>in flight<dd>unknown") == true)
  }

  @Test func whatCloudWatchNeverTellsTakesNoRoom() throws {
    var status = Self.status([Self.pool("a")])
    status.source = .cloudwatch
    let html = try LivePage(status).html(nonce: "n")
    #expect(["in flight", "waiting", "reserved"].allSatisfy { !html.contains("<dt>\($0)<") && !html.contains("</i>\($0)<") })
    #expect(!html.contains("<dt>requests waiting<"))
    #expect(html.contains("<td>640<td>180<td>1,000"))
  }

  @Test func whatOnePoolDoesNotKnowIsSaidBesideTheSum() throws {
    var other = Self.pool("b")
    other.inFlight = nil
    let lead = try #require(LivePage(Self.status([Self.pool("a"), other])).parts["lead"])
    #expect(lead.contains("<dt>in flight<dd>3 <small>1 model unknown</small>"))
  }

  @Test func unknownMinutesAreAGap() {
    var history = LiveStatus.History(
      start: Self.at, demand: [4, nil, 2, 0], throttles: [0, nil, 0, nil])
    let figure = HourChart(history: history).figure.string
    #expect(figure.contains("<path class=b d=\"M0 20h1M2 20h2\"/>"))
    #expect(figure.contains("<path class=u d=\"M0 20V0h1V20M2 20V10h1V20\"/>"))
    #expect(figure.contains("at least <b>6</b> requests"))
    // Where there are bars everywhere, they are the base too.
    history.demand = [1, 2]
    #expect(!HourChart(history: history).figure.string.contains("class=b"))
    history.demand = [nil, nil]
    #expect(HourChart(history: history).figure.string.contains("Requests in the last hour: unknown"))
  }

  @Test func throttlesHangFromTheLine() {
    let history = LiveStatus.History(start: Self.at, demand: [15, 15, 0], throttles: [5, 0, 0])
    let figure = HourChart(history: history).figure.string
    #expect(figure.contains("<path class=b d=\"M0 15h3\"/>"))
    #expect(figure.contains("<path class=u d=\"M0 15V0h2V15\"/><path class=t d=\"M0 15v5\"/>"))
  }

  // MARK: Gauges

  @Test(
    arguments: [
      (1_000, 180, 180, 640), (1_000, 1_000, 0, 0), (1_000, 0, 400, 600), (200, 80, 20, 60), (3, 1, 1, 1),
      // In debt; more free than the limit.
      (1_000, -250, 300, 950), (1_000, 1_200, 0, 0),
    ] as [(Double, Double, Double, Double)])
  func thePartsOfABarFillIt(limit: Double, level: Double, reserved: Double, used: Double) throws {
    let parts = try #require(
      QuotaGauge(quota: Self.quota(limit: limit, level: level, reserved: reserved, used: used)).parts)
    #expect(abs(parts.used + parts.reserved + parts.free + parts.kept - 100) < 1e-9)
    #expect([parts.used, parts.reserved, parts.free, parts.kept].allSatisfy { (0...100).contains($0) })
  }

  @Test func whatIsKeptBackIsAPartOfItsOwn() throws {
    let gauge = QuotaGauge(quota: Self.quota(limit: 200, level: 80, reserved: 20, used: 60))
    let parts = try #require(gauge.parts)
    #expect(parts == QuotaGauge.Parts(used: 30, reserved: 10, free: 40, kept: 20))
    #expect(gauge.words == "60 used, 20 reserved, 80 free, 40 kept back of 200")
  }

  /// Some profiles are bound by the tokens per day of two scopes.
  @Test func quotasOfOneMeasureAreToldApart() throws {
    var pool = Self.pool("a")
    var other = Self.quota("tpd", limit: 50, level: 50, reserved: 0, used: 0)
    other.code = "L-87654321"
    pool.quotas = [
      Self.quota("tpd", limit: 90, level: 90, reserved: 0, used: 0), other, Self.quota(limit: 7, level: 7, reserved: 0, used: 0),
    ]
    let now = try #require(LivePage(Self.status([pool])).parts[PoolKey(pool).now])
    #expect(now.contains(">TPD L-12345678 <b>") && now.contains(">TPD L-87654321 <b>") && now.contains(">TPM <b>"))
  }

  @Test func debtIsShownBeyondTheLimit() throws {
    let gauge = QuotaGauge(quota: Self.quota(limit: 1_000, level: -250, reserved: 300, used: 950))
    let parts = try #require(gauge.parts)
    #expect(parts == QuotaGauge.Parts(used: 76, reserved: 24, free: 0, kept: 0, limit: 80))
    let html = gauge.rows.string
    #expect(html.contains("<tbody class=full>"))
    #expect(html.contains("TPM <b>125 %</b>"))
    #expect(html.contains("aria-valuenow=100 aria-valuetext=\"950 used, 300 reserved, 250 in debt of 1,000\""))
    #expect(html.contains("<line x1=80% x2=80% y2=100% />"))
    #expect(html.contains("<td>950<td>300<td>-250<td>1,000"))
  }

  @Test func longFiguresStandInPairsBehindTheirNames() {
    var gauge = QuotaGauge(quota: Self.quota(limit: 123_456_789, level: 123_456_789, reserved: 0, used: 0))
    #expect(gauge.rows.string.hasSuffix("<tr><td>0<td>0<td>123,456,789<td>123,456,789"))
    gauge.quota.limit = 1_000_000_000
    #expect(
      gauge.rows.string.hasSuffix(
        """
        <tr><td colspan=2><small>used</small> 0<td colspan=2><small>reserved</small> 0\
        <tr><td colspan=2><small>free</small> 123,456,789<td colspan=2><small>limit</small> 1,000,000,000
        """))
    // Three columns are wider, and can't be halved.
    gauge.figures = [.used, .free, .limit]
    #expect(gauge.rows.string.hasSuffix("<tr><td>0<td>123,456,789<td>1,000,000,000"))
    gauge.quota.limit = 1_000_000_000_000
    #expect(gauge.rows.string.hasSuffix("<tr><td colspan=3><small>limit</small> 1,000,000,000,000"))
  }

  @Test func aLimitOfZeroHasNoMeter() {
    let gauge = QuotaGauge(quota: Self.quota("rpm", limit: 0, level: 0, reserved: 0, used: 0))
    #expect(gauge.parts == nil)
    let html = gauge.rows.string
    #expect(html.contains("RPM: the limit is 0, so no request fits"))
    #expect(!html.contains("role=meter"))
    #expect(!html.contains("%"))
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func whatIsNoNumberDrawsNothing(value: Double) {
    #expect(QuotaGauge(quota: Self.quota(limit: value, level: 1, reserved: 1, used: 1)).parts == nil)
    let html = QuotaGauge(quota: Self.quota(limit: 10, level: value, reserved: value, used: value)).rows.string
    #expect(html.contains("<td>–<td>–<td>–<td>10"))
    #expect(!html.contains("nan"))
    #expect(!html.contains("inf"))
  }

  // MARK: Events

  @Test func theFirstEventHasAllThatTheBrowserDoesNotShow() throws {
    let status = Self.status([Self.pool("a"), Self.pool("b")])
    var unknown = LivePageParts()
    let all = try Self.event(unknown.changes(to: status))
    #expect(all.order == LivePage(status).order)
    #expect(
      Set((all.parts ?? [:]).keys)
        == Set(["lead", "attention", "callers-part", "routes-part", "accounts-part", "gateway-part"] + LivePage(status).order))
    var shown = LivePageParts(shown: LivePage(status))
    #expect(shown.changes(to: status) == nil)
  }

  @Test func aChangeHasNothingElse() throws {
    let pools = [Self.pool("a"), Self.pool("b")]
    var parts = LivePageParts(shown: LivePage(Self.status(pools)))
    #expect(parts.changes(to: Self.status(pools, seconds: 1)) == nil)
    let event = try Self.event(parts.changes(to: Self.status([pools[0], Self.pool("b", used: 641)], seconds: 2)))
    #expect(event.order == nil)
    #expect(event.parts.map { Array($0.keys) } == [PoolKey(pools[1]).now])
    #expect(event.at == "2026-11-29T23:00:02Z")
    #expect(event.parts?.values.first?.contains("<td>641<td>180<td>179<td>1,000") == true)
  }

  @Test func poolsComeAndGo() throws {
    let (one, other) = (Self.pool("a"), Self.pool("b"))
    var parts = LivePageParts(shown: LivePage(Self.status([one])))
    let came = try Self.event(parts.changes(to: Self.status([one, other])))
    #expect(came.order == [PoolKey(one).text, PoolKey(other).text])
    #expect(came.parts?[PoolKey(other).text]?.hasPrefix("<article id=\"\(PoolKey(other).text)\">") == true)
    #expect(came.parts?[PoolKey(other).now] == nil)
    let went = try Self.event(parts.changes(to: Self.status([other])))
    #expect(went.order == [PoolKey(other).text])
    #expect(went.parts?.keys.contains { $0.hasPrefix("p-") } == false)
  }

  @Test func theMostUrgentComeFirst() {
    var (waiting, high) = (Self.pool("waiting", used: 0), Self.pool("high", used: 700))
    waiting.waiting = 2
    high.quotas[0].level = 120
    let page = LivePage(Self.status([Self.pool("a", used: 0), high, waiting]))
    #expect(page.order == ["waiting", "high", "a"].map { PoolKey(Self.pool($0)).text })
  }

  @Test func twoPoolsWithOneNameAreOneCard() throws {
    let page = LivePage(Self.status([Self.pool("a"), Self.pool("a", used: 1)]))
    #expect(page.order.count == 1)
    #expect(try page.html(nonce: "n").matches(of: /<article/).count == 1)
  }

  @Test func eventsAreOnOneLine() throws {
    var pool = Self.pool("a")
    pool.notes = ["one\ntwo\r\nthree"]
    var parts = LivePageParts()
    let event = parts.changes(to: Self.status([pool]))
    let line = try #require(event)
    #expect(!line.utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
    #expect(LivePageParts.beat(at: Self.at) == #"{"at":"2026-11-29T23:00:00Z"}"#)
  }

  // MARK: The whole

  @Test func cloudWatchSaysWhenItWasRead() throws {
    var status = LiveStatus(source: .cloudwatch, at: Self.at)
    status.reading = LiveStatus.Reading(
      version: "1", everySeconds: 60, readAt: Timestamp(seconds: Self.at.seconds - 30), problem: nil)
    var page = LivePage(status)
    #expect(page.parts["lead"]?.contains("CloudWatch, read at 2026-11-29 22:59:30 UTC") == false)
    #expect(page.parts["lead"]?.contains("CloudWatch, read at 22:59:30 UTC, every 60 s") == true)
    #expect(try page.html(nonce: "n").contains("id=\"callers\"") == false)
    status.reading?.readAt = nil
    status.reading?.problem = "Access was denied."
    page = LivePage(status)
    #expect(page.parts["lead"]?.contains("CloudWatch, not read yet") == true)
    #expect(page.parts["attention"]?.contains("CloudWatch could not be read. Access was denied.") == true)
  }

  @Test func fortyBusyModelsAreABoundedPage() throws {
    let pools = (0..<40).map { index -> LiveStatus.Pool in
      var pool = Self.pool("us.anthropic.claude-sonnet-4-5-20250929-v1:\(index)")
      pool.quotas = [
        Self.quota("rpm", limit: 10_000, level: 3_450, reserved: 1_210, used: 5_340),
        Self.quota("tpm", limit: 5_000_000, level: 1_234_567, reserved: 765_433, used: 3_000_000),
        Self.quota("tpd", limit: 720_000_000, level: 123_456_789, reserved: 765_433, used: 595_777_778),
      ]
      pool.lastHour?.demand = (0..<60).map { Double(($0 * 7_919 + index * 104_729) % 997) }
      pool.throttlesLastHour = 12
      pool.lastHour?.throttles = (0..<60).map { $0 % 5 == 0 ? 1 : 0 }
      return pool
    }
    let size = try LivePage(Self.status(pools)).html().utf8.count
    #expect(size <= 110_000, "\(size) bytes")
  }
}
