import Bedquota
import BedrockQuotas
import Foundation
import Testing

@testable import Reports

@Suite struct LiveStatusTests {
  @Test func whatIsWrittenCanBeRead() throws {
    var pool = LiveStatus.Pool(id: "m\u{1F40B}\"", account: "own", region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.quotas = [
      .init(code: "L-A", name: "Tokens", measure: "tpm", limit: .infinity, level: -3, reserved: 2.5, used: 0),
      .init(code: nil, name: nil, measure: "concurrent", limit: 4),
    ]
    pool.lastHour = .init(start: Timestamp(seconds: 60), demand: [1, nil], throttles: [0, nil])
    pool.fleet = .init(members: 3, share: 0.5)
    var gateway = LiveStatus.Gateway(
      version: "1", startedAt: Timestamp(seconds: 0), now: Timestamp(seconds: 5), configurationLoadedAt: Timestamp(seconds: 1))
    gateway.notReadyReason = "x"
    let status = LiveStatus(
      source: .gateway, at: Timestamp(seconds: 1_795_514_400), gateway: gateway,
      accounts: [.init(name: "own", role: nil, isReady: true, credentialsProblem: "y")], pools: [pool],
      routes: [.init(name: "r", candidates: [.init(route: "m@us-east-1/own", id: "m", account: "own", region: "us-east-1")])],
      callers: [.init(name: "chat", share: 3, priority: "high")])
    #expect(try LiveStatus(json: status.json) == status)
    #expect(throws: DecodingError.self) { try LiveStatus(json: Data(#"{"at":"yesterday"}"#.utf8)) }
    #expect(throws: DecodingError.self) { try LiveStatus(json: Data("<html>".utf8)) }
  }

  /// What is kept free isn't used.
  @Test func utilizationIsWhatIsUsedAndReserved() {
    func utilization(limit: Double, level: Double?, reserved: Double?, used: Double?) -> Double? {
      LiveStatus.Quota(code: nil, name: nil, measure: "tpm", limit: limit, level: level, reserved: reserved, used: used)
        .utilization
    }
    #expect(utilization(limit: 100, level: 95, reserved: 0, used: 0) == 0)
    #expect(utilization(limit: 100, level: 25, reserved: 50, used: 20) == 0.7)
    #expect(utilization(limit: 100, level: -20, reserved: nil, used: nil) == 1.2)
    #expect(utilization(limit: 100, level: nil, reserved: nil, used: nil) == nil)
    #expect(utilization(limit: 0, level: 0, reserved: 0, used: 0) == nil)
  }

  private static let place = Place(account: nil, region: "us-east-1")

  private static func state(_ reports: [UsageReport], problem: String? = nil) -> UsageWatch.PlaceState {
    var state = UsageWatch.PlaceState(place: place)
    (state.reports, state.problem, state.readAt, state.quotasReadAt) = (reports, problem, 1_795_514_460, 1_795_510_000)
    return state
  }

  /// An hour of which the given minutes are the last, the running one among them.
  private static func report(_ invocations: [Double], throttles: [Double] = []) throws -> UsageReport {
    let now = Date(timeIntervalSince1970: Sample.start.timeIntervalSince1970 + 30)
    let window = try UsageWindow(hours: 1, periodSeconds: 60, now: now)
    let lead = Array(repeating: 0.0, count: window.count - invocations.count)
    return Sample.report(window, invocations: lead + invocations, throttles: throttles.isEmpty ? [] : lead + throttles)
  }

  @Test func theBusiestOfTheLastWholeMinutesIsWhatIsUsed() throws {
    // Of nine minutes ago, of the last five whole minutes, and of the one that runs.
    let report = try Self.report([90, 0, 0, 10, 30, 20, 0, 0, 80])
    let pool = LiveStatus.Pool(report, of: Self.state([report]), tokensOfDay: nil)
    let requests = try #require(pool.quotas.first { $0.measure == "rpm" })
    #expect(requests.used == 30 && requests.limit == 200 && requests.level == 170 && requests.reserved == nil)
    #expect(pool.inFlight == nil && pool.waiting == nil && pool.throttlesLastHour == 0)
    #expect(pool.lastHour?.demand.count == 60 && pool.lastHour?.demand.last == 80)
  }

  @Test func throttledRequestsAreDemandToo() throws {
    let report = try Self.report([10, 10, 10], throttles: [0, 5, 0])
    let pool = LiveStatus.Pool(report, of: Self.state([report]), tokensOfDay: nil)
    #expect(pool.throttlesLastHour == 5 && pool.lastHour?.demand.suffix(3) == [10, 15, 10])
    #expect(pool.lastHour?.throttles.suffix(3) == [0, 5, 0])
  }

  @Test func metricsHaveTheNamesOfAGateways() throws {
    let report = try Self.report([10, 30, 20])
    var families = MetricFamilies()
    var state = UsageWatch.State()
    state.places = [Self.state([report], problem: "It rains.")]
    families.write(state, hasCounters: false, now: 1_795_514_430)
    let lines = Exposition.text(families, .prometheus).split(separator: "\n")
    let labels =
      #"account="own",endpoint="runtime",pool="us.amazon.nova-pro-v1:0",region="us-east-1",measure="rpm",quota_code="L-R""#
    #expect(lines.contains("bedquota_quota_limit{\(labels)} 200") && lines.contains("bedquota_quota_used{\(labels)} 30"))
    #expect(lines.contains("bedquota_quota_utilization_ratio{\(labels)} 0.15"))
    #expect(lines.contains(#"bedquota_place_up{account="own",region="us-east-1"} 0"#))
    #expect(!lines.contains { $0.hasPrefix("bedquota_model_requests") })
  }
}
