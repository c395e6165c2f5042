import Testing

@testable import Reports

struct LiveScreenTests {
  private static let now = 1_790_000_000
  private typealias Quota = LiveStatus.Quota

  private static func pool(_ id: String, account: String = "prod", _ quotas: [LiveStatus.Quota] = []) -> LiveStatus.Pool {
    var pool = LiveStatus.Pool(id: id, account: account, region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.quotas = quotas
    return pool
  }

  /// A half full, b nearly free and throttled, c in debt and waited for, d unknown.
  private static var status: LiveStatus {
    var (a, b, c) = (
      pool("model-a", [Quota(code: "L-1", name: "Requests", measure: "rpm", limit: 200, level: 100, reserved: 20)]),
      pool("model-b", [Quota(code: nil, name: nil, measure: "rpm", limit: 100, level: 99)]),
      pool(
        "model-c",
        [
          Quota(code: nil, name: nil, measure: "rpm", limit: 50, level: 25),
          Quota(code: nil, name: nil, measure: "tpm", limit: 100_000, level: -20_000, reserved: 30_000),
        ])
    )
    (a.inFlight, a.waiting) = (4, 0)
    (b.inFlight, b.throttlesLastHour) = (0, 7)
    (c.inFlight, c.waiting, c.longestWaitSeconds) = (2, 3, 12.4)
    c.lastHour = .init(start: Timestamp(seconds: now - 3_600), demand: [1, nil] + Array(repeating: 8, count: 58), throttles: [])
    var gateway = LiveStatus.Gateway(
      version: "1", startedAt: Timestamp(seconds: now - 90), now: Timestamp(seconds: now),
      configurationLoadedAt: Timestamp(seconds: now))
    (gateway.isReady, gateway.openStreams) = (true, 5)
    var caller = LiveStatus.Caller(name: "search", share: 0.5, priority: "high")
    caller.budgets = [.init(name: "tokens_per_day", limit: 1_000, left: 250)]
    var candidate = LiveStatus.Candidate(route: "x@us-east-1/prod", id: "x", account: "prod", region: "us-east-1", requests: 9)
    candidate.restingUntil = Timestamp(seconds: now + 30)
    return LiveStatus(
      source: .gateway, at: Timestamp(seconds: now), gateway: gateway, pools: [a, b, c, pool("model-d")],
      routes: [.init(name: "cheap", candidates: [candidate])], callers: [caller])
  }

  private static func screen(_ status: LiveStatus = status, onlyBusy: Bool = false) -> LiveScreen {
    var screen = LiveScreen(address: "http://localhost:8080", onlyBusy: onlyBusy)
    screen.update(.success(status), now: now)
    return screen
  }

  private static func text(_ screen: inout LiveScreen, now: Int = now, width: Int = 120, height: Int = 24) -> [String] {
    screen.lines(now: now, width: width, height: height).map { $0.text(usesColor: false) }
  }

  private static func names(_ screen: inout LiveScreen) -> [String] {
    text(&screen).filter { $0.hasPrefix("model-") }.map { String($0.prefix(7)) }
  }

  private static func type(_ text: String, into screen: inout LiveScreen) {
    for character in text { _ = screen.handle(.character(character)) }
  }

  // MARK: What is shown

  @Test func aFrame() {
    var screen = Self.screen()
    let frame = Self.text(&screen, now: Self.now + 2, width: 96, height: 12).joined(separator: "\n")
    #expect(
      frame == """
        bedquota top · gateway http://localhost:8080 · ready                         figures are 2 s old
        6 in flight · 3 waiting · 5 open streams · 0 connections · up 90 s
        [1 models] 2 callers  3 routes                                                       by fullness
        MODEL    MEASURE  USED              %  FREE  LIMIT  WAIT  LONG  FLT  THR  DEMAND
        model-c  rpm      ██████······   50 %    25     50     3  12 s    2    –  ▂█████████████████████
                 tpm      ███████████▒  120 %  -20k   100k
        model-a  rpm      █████▒······   50 %   100    200     0          4    –  –
        model-b  rpm      █···········    1 %    99    100     –     –    0    7  –
        model-d  –        –                 –     –      –     –     –    –    –  –


        q quit  h help  s sort  / filter  a only busy  p pause  r reverse  Tab next part
        """)
  }

  @Test func noFigureIsNoZero() {
    var screen = Self.screen(
      LiveStatus(
        source: .cloudwatch, at: Timestamp(seconds: Self.now - 240), pools: [Self.pool("model-a"), Self.pool("model-b")]))
    let text = Self.text(&screen).joined(separator: "\n")
    #expect(text.contains("– in flight · – waiting · – open streams"))
    #expect(text.contains("4 min old") && !text.contains("WAIT"))
    #expect(text.split(separator: "\n").contains { $0.hasPrefix("model-a") && $0.contains("–") && !$0.contains("0") })
  }

  @Test(arguments: [40, 41, 45, 52, 60, 72, 80, 93, 100, 120, 160, 200, 400], [8, 9, 12, 20, 24, 60])
  func everyLineFits(width: Int, height: Int) {
    var status = Self.status
    status.pools.append(Self.pool("us.anthropic.claude-sonnet-4-5-20250929-v1:0", account: "日本語の模型 한국어 모델"))
    status.pools.append(Self.pool("us.anthropic.claude-sonnet-4-5-20250929-v1:0", account: "batch-processing"))
    status.routes.append(.init(name: String(repeating: "long-", count: 30)))
    status.callers.append(.init(name: String(repeating: "é", count: 100), share: 1, priority: "normal"))
    for isUnicode in [true, false] {
      var screen = LiveScreen(address: "http://localhost:8080", isUnicode: isUnicode)
      screen.update(.success(status), now: Self.now)
      screen.update(.failure(LiveProblem(String(repeating: "It can't be reached. ", count: 20))), now: Self.now)
      for key in [TerminalKey.tab, .tab, .tab, .character("/"), .character("日"), .enter, .character("h")] {
        _ = screen.handle(key)
        let lines = screen.lines(now: Self.now, width: width, height: height)
        #expect(lines.count == height)
        #expect(lines.allSatisfy { $0.width <= width })
        if !isUnicode { #expect(lines.allSatisfy { $0.text(usesColor: true).utf8.allSatisfy { $0 < 0x80 } }) }
      }
    }
  }

  @Test(arguments: [(39, 24), (80, 7), (1, 1), (0, 0), (10, 2)])
  func aTerminalMayBeTooSmall(width: Int, height: Int) {
    var screen = Self.screen()
    let lines = Self.text(&screen, width: width, height: height)
    #expect(lines.count == height)
    #expect(lines.allSatisfy { $0.displayWidth <= width })
    if width > 30 { #expect(lines[0].contains("too small")) }
  }

  @Test func importantColumnsStay() {
    var screen = Self.screen()
    let heading = Self.text(&screen, width: 40, height: 12).first { $0.hasPrefix("MODEL") } ?? ""
    #expect(["MEASURE", "USED", "%"].allSatisfy(heading.contains) && !heading.contains("DEMAND"))
    let wide = Self.text(&screen, width: 160, height: 12).first { $0.hasPrefix("MODEL") } ?? ""
    #expect(wide.contains("THROTTLED 1 H") && wide.contains("DEMAND OF THE LAST HOUR"))
  }

  @Test func placesAreShownWhereThereAreSeveral() {
    var screen = Self.screen()
    #expect(!Self.text(&screen).joined().contains("ACCOUNT"))
    var status = Self.status
    status.pools.append(Self.pool("model-a", account: "batch"))
    screen = Self.screen(status)
    #expect(Self.text(&screen, width: 60).joined().contains("ACCOUNT"))
  }

  @Test func whatCouldSteerATerminalIsNotShown() {
    var status = Self.status
    status.pools[0].id = "a\u{1B}[2J\nb"
    status.gateway?.notReadyReason = "x\u{1B}]0;t\u{7}y\u{9B}"
    status.callers[0].name = "\u{202E}c\r"
    status.routes[0].candidates[0].route = "r\u{1B}[?1049l"
    var screen = Self.screen(status)
    for _ in 0..<3 {
      let text = Self.text(&screen).joined()
      #expect(text.printable == text)
      _ = screen.handle(.tab)
    }
  }

  @Test func problemsAreShown() {
    var screen = LiveScreen()
    #expect(Self.text(&screen)[3...].joined().contains("Waiting for the first figures"))
    screen.update(.failure(LiveProblem("Connection refused.")), now: Self.now)
    #expect(
      Self.text(&screen).joined(separator: "\n").contains("no answer") && Self.text(&screen).contains("Connection refused."))
    // The figures from before stay, and get older.
    screen.update(.success(Self.status), now: Self.now)
    screen.update(.failure(LiveProblem("Connection refused.")), now: Self.now + 60)
    let text = Self.text(&screen, now: Self.now + 61).joined(separator: "\n")
    #expect(text.contains("61 s old") && text.contains("model-a") && text.contains("Connection refused."))
  }

  @Test func aProblemIsToldOnce() {
    var status = LiveStatus(
      source: .cloudwatch, at: Timestamp(seconds: Self.now),
      reading: .init(version: "1", everySeconds: 60, problem: "prod: Denied."))
    var account = LiveStatus.Account(name: "prod", role: nil, isReady: false, credentialsProblem: nil)
    var region = LiveStatus.Region(region: "us-east-1")
    region.quotasProblem = "Denied."
    account.regions = [region]
    status.accounts = [account]
    var screen = Self.screen(status)
    #expect(Self.text(&screen).count { $0.contains("Denied.") } == 1)
  }

  @Test func hostileFigures() {
    var status = Self.status
    let values = [Double.infinity, -.infinity, .nan, 1e300, -1e300, .leastNonzeroMagnitude, 0]
    status.pools = values.map { limit in
      var pool = Self.pool(
        "m",
        values.flatMap { value in
          [
            Quota(code: nil, name: nil, measure: "rpm", limit: limit, level: value, reserved: value),
            Quota(code: nil, name: nil, measure: "rpm", limit: limit, reserved: value, used: value),
          ]
        })
      pool.quotas[0].enforcedShare = limit
      (pool.inFlight, pool.waiting, pool.longestWaitSeconds) = (.max, .max, limit)
      pool.lastHour = .init(start: Timestamp(seconds: .min), demand: values, throttles: [])
      return pool
    }
    status.at = Timestamp(seconds: .min)
    status.callers[0].budgets = values.map { .init(name: "b", limit: $0, left: -$0) }
    status.routes[0].spills = .max
    status.routes[0].candidates[0].restingUntil = Timestamp(seconds: .max)
    for source in [LiveStatus.Source.gateway, .cloudwatch] {
      status.source = source
      var screen = Self.screen(status)
      for _ in 0..<3 {
        _ = screen.handle(.tab)
        #expect(Self.text(&screen, height: 200).allSatisfy { $0.displayWidth <= 120 })
      }
    }
    #expect(!LiveTable(status).text(usesColor: false).isEmpty && !LiveTable(status).sheet.csv().isEmpty)
  }

  // MARK: Keys

  @Test func keysThatEnd() {
    var screen = Self.screen()
    #expect(screen.handle(.control("c")) == .quit && screen.handle(.character("q")) == .quit)
    #expect(screen.handle(.control("z")) == .suspend && screen.handle(.control("l")) == .repaint)
    // In a filter, q is a letter.
    _ = screen.handle(.character("/"))
    #expect(screen.handle(.character("q")) == .redraw && screen.filter == "q")
    #expect(screen.handle(.control("c")) == .quit)
  }

  @Test func sorting() {
    var screen = Self.screen()
    #expect(Self.names(&screen) == ["model-c", "model-a", "model-b", "model-d"])
    _ = screen.handle(.character("r"))
    // What is unknown stays at the end.
    #expect(Self.names(&screen) == ["model-b", "model-a", "model-c", "model-d"])
    _ = screen.handle(.character("s"))
    #expect(Self.names(&screen) == ["model-a", "model-b", "model-c", "model-d"])
    _ = screen.handle(.character("s"))
    #expect(Self.names(&screen) == ["model-c", "model-a", "model-b", "model-d"])
    _ = screen.handle(.character("s"))
    #expect(Self.names(&screen) == ["model-b", "model-a", "model-c", "model-d"])
    _ = screen.handle(.character("s"))
    #expect(screen.order == .fullest)
  }

  @Test func filtering() {
    var screen = Self.screen()
    _ = screen.handle(.character("/"))
    Self.type("MODEL tpm", into: &screen)
    // The row that is left names its model.
    #expect(Self.names(&screen) == ["model-c"] && Self.text(&screen).last?.hasPrefix("Filter: MODEL tpm_") == true)
    _ = screen.handle(.enter)
    #expect(Self.text(&screen).joined().contains("filter MODEL tpm") && Self.names(&screen) == ["model-c"])
    _ = screen.handle(.escape)
    #expect(Self.names(&screen).count == 4 && screen.filter.isEmpty)
    _ = screen.handle(.character("/"))
    Self.type("zz", into: &screen)
    #expect(Self.text(&screen).joined().contains("Nothing matches"))
    for _ in 0..<3 { _ = screen.handle(.backspace) }
    #expect(screen.handle(.character("q")) == .quit)
  }

  @Test func onlyWhatIsBusy() {
    var screen = Self.screen()
    _ = screen.handle(.character("a"))
    #expect(Self.names(&screen) == ["model-c", "model-a", "model-b"])
    _ = screen.handle(.character("a"))
    #expect(Self.names(&screen).count == 4)
    screen = Self.screen(LiveStatus(source: .gateway, at: Timestamp(seconds: 0), pools: [Self.pool("model-d")]), onlyBusy: true)
    #expect(Self.text(&screen).joined().contains("Nothing is busy"))
  }

  @Test func aPauseKeepsTheFigures() {
    var screen = Self.screen()
    _ = screen.handle(.character("p"))
    #expect(screen.isPaused)
    screen.update(.success(LiveStatus(source: .gateway, at: Timestamp(seconds: Self.now))), now: Self.now + 5)
    #expect(Self.names(&screen).count == 4 && Self.text(&screen)[0].contains("paused"))
    _ = screen.handle(.character("p"))
    screen.update(.success(LiveStatus(source: .gateway, at: Timestamp(seconds: Self.now))), now: Self.now + 5)
    #expect(Self.names(&screen).isEmpty)
  }

  @Test func parts() {
    var screen = Self.screen()
    _ = screen.handle(.character("2"))
    #expect(Self.text(&screen).contains { $0.hasPrefix("search") && $0.contains("75 %") && $0.contains("tokens per day") })
    _ = screen.handle(.tab)
    #expect(Self.text(&screen).contains { $0.hasPrefix("cheap") && $0.contains("rests 30 s") })
    _ = screen.handle(.tab)
    #expect(screen.tab == .models)
    _ = screen.handle(.backTab)
    #expect(screen.tab == .routes)
  }

  @Test func scrolling() {
    var status = Self.status
    status.pools = (10..<60).map { Self.pool("model-\($0)") }
    var screen = Self.screen(status)
    func first() -> String? { Self.text(&screen).first { $0.hasPrefix("model-") }.map { String($0.prefix(8)) } }
    #expect(first() == "model-10")
    let page = Self.text(&screen).count { $0.hasPrefix("model-") }
    for (key, name) in [
      (TerminalKey.down, "model-11"), (.up, "model-10"), (.up, "model-10"), (.pageDown, "model-\(10 + page)"),
      (.end, "model-\(60 - page)"), (.down, "model-\(60 - page)"), (.pageUp, "model-\(60 - 2 * page)"), (.home, "model-10"),
    ] {
      _ = screen.handle(key)
      #expect(first() == name)
    }
    // With fewer rows, those in sight are the last ones.
    _ = screen.handle(.end)
    status.pools.removeLast(40)
    screen.update(.success(status), now: Self.now)
    #expect(first() == "model-10")
  }

  @Test func help() {
    var screen = Self.screen()
    _ = screen.handle(.character("?"))
    #expect(screen.showsHelp && Self.text(&screen).joined().contains("Ctrl-C"))
    #expect(screen.handle(.character("q")) == .redraw && !screen.showsHelp)
  }
}
