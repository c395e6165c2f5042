import AWSWire
import Bedquota
import BedrockQuotas
import Foundation
import Reports
import Testing

@testable import Gateway

@Suite struct GatewayMetricsTests {
  private let status = LiveStatus(
    source: .gateway, at: Timestamp(seconds: 1_060),
    gateway: .init(
      version: "1.2.3", startedAt: Timestamp(seconds: 1_000), now: Timestamp(seconds: 1_060),
      configurationLoadedAt: Timestamp(seconds: 1_001)))

  private func record(
    caller: String? = "chat", model: String? = "amazon.nova-pro-v1:0", outcome: RequestRecord.Outcome = .succeeded
  ) -> RequestRecord {
    var record = RequestRecord(
      atMilliseconds: 0, id: "r", method: "POST", path: "/", operation: .invocation(.converse), outcome: outcome)
    record.caller = caller
    record.model = model
    record.took = .milliseconds(300)
    record.attempts = 1
    return record
  }

  private func lines(_ metrics: GatewayMetrics, _ status: LiveStatus? = nil) -> [Substring] {
    metrics.text(.openMetrics, status ?? self.status, ProcessUsage()).split(separator: "\n")
  }

  @Test func tokensAreCountedByModelAndByCaller() {
    let metrics = GatewayMetrics()
    var record = record()
    record.usage = TokenUsage(input: 100, output: 20, cacheRead: 900, cacheWrite: 3)
    metrics.finished(record)
    let lines = lines(metrics)
    let model =
      "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"aws.bedrock\","
      + "gen_ai_request_model=\"amazon.nova-pro-v1:0\",gen_ai_response_model=\"amazon.nova-pro-v1:0\""
    #expect(lines.contains("gen_ai_client_token_usage_sum{\(model),gen_ai_token_type=\"input\"} 1003"))
    #expect(lines.contains("gen_ai_client_token_usage_sum{\(model),gen_ai_token_type=\"output\"} 20"))
    #expect(lines.contains("gen_ai_server_request_duration_seconds_count{\(model)} 1"))
    #expect(lines.contains("bedquota_tokens_total{caller=\"chat\",type=\"cache_read\"} 900"))
    #expect(lines.contains("bedquota_requests_total{caller=\"chat\",operation=\"Converse\",outcome=\"succeeded\"} 1"))
  }

  @Test func theTimeHeldNamesTheQuota() {
    let metrics = GatewayMetrics()
    var record = record(outcome: .refused)
    record.attempts = 0
    record.refusal = .deadline
    record.waits = [.init(code: "L-AAAA", measure: .tpm, duration: .seconds(3))]
    metrics.finished(record)
    let lines = lines(metrics)
    #expect(lines.contains("bedquota_held_seconds_sum{measure=\"tpm\",quota_code=\"L-AAAA\",sent=\"false\"} 3"))
    #expect(lines.contains("bedquota_refusals_total{reason=\"deadline\"} 1"))
    #expect(lines.contains("bedquota_refusals_total{reason=\"budget\"} 0"))
  }

  @Test func routesAreCountedByTheirCandidates() {
    let metrics = GatewayMetrics()
    var record = record()
    record.routeName = "nova"
    metrics.finished(record)
    record.route = "m@us-west-2/own"
    for _ in 0..<2 { metrics.finished(record) }
    var candidate = LiveStatus.Candidate(route: "m@us-west-2/own", id: "m", account: "own", region: "us-west-2")
    candidate.restingUntil = Timestamp(seconds: 1_090)
    var status = status
    status.routes = [.init(name: "nova", spills: 3, candidates: [candidate])]
    let lines = lines(metrics, status)
    #expect(lines.contains("bedquota_routed_requests_total{name=\"nova\",route=\"m@us-west-2/own\"} 2"))
    #expect(lines.contains("bedquota_route_resting{name=\"nova\",route=\"m@us-west-2/own\"} 1"))
    #expect(lines.contains("bedquota_routed_spills_total{name=\"nova\"} 3"))
    #expect(metrics.routed("nova", "m@us-west-2/own") == 2 && metrics.routed("nova", "other") == 0)
  }

  /// A stranger can vary names, models and errors as it likes: the number of series stays.
  @Test func strangersMakeNoSeries() {
    let metrics = GatewayMetrics()
    metrics.setCallers(["chat"])
    for index in 0..<5_000 {
      var record = record(caller: "stranger-\(index)", model: "model-\(index)", outcome: .failed)
      record.error = "Error\(index)"
      record.usage = TokenUsage(input: 1, output: 1)
      record.waits = [.init(code: "L-\(index)", measure: .tpm, duration: .zero)]
      metrics.finished(record)
    }
    let lines = lines(metrics)
    #expect(lines.filter { $0.hasPrefix("bedquota_requests_total") }.count == 1)
    #expect(lines.contains("bedquota_requests_total{caller=\"other\",operation=\"Converse\",outcome=\"failed\"} 5000"))
    for family in ["gen_ai_server_request_duration_seconds", "gen_ai_client_token_usage", "bedquota_held_seconds"] {
      let counts = lines.filter { $0.hasPrefix("\(family)_count") }
      #expect(counts.count <= 2_100)
      #expect(counts.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +) >= 5_000)
    }
  }

  @Test func withoutKeysTheFirstNamesHaveSeries() {
    let metrics = GatewayMetrics()
    metrics.setCallers(nil)
    for index in 0..<150 { metrics.finished(record(caller: "name-\(index)")) }
    let lines = lines(metrics).filter { $0.hasPrefix("bedquota_requests_total") }
    #expect(lines.count == 101)
    #expect(lines.contains("bedquota_requests_total{caller=\"other\",operation=\"Converse\",outcome=\"succeeded\"} 50"))
  }

  @Test func poolsShowLimitLevelAndQueue() {
    var pool = LiveStatus.Pool(
      id: "amazon.nova-pro-v1:0", account: "own", region: "us-east-1", endpoint: "runtime", status: "resolved")
    pool.waiting = 7
    pool.quotas = [.init(code: "L-AAAA", name: "Tokens", measure: "tpm", limit: 400_000, level: -12)]
    var status = status
    status.pools = [pool]
    let lines = lines(GatewayMetrics(), status)
    let labels = "account=\"own\",endpoint=\"runtime\",pool=\"amazon.nova-pro-v1:0\",region=\"us-east-1\""
    #expect(lines.contains("bedquota_quota_limit{\(labels),measure=\"tpm\",quota_code=\"L-AAAA\"} 400000"))
    #expect(lines.contains("bedquota_quota_level{\(labels),measure=\"tpm\",quota_code=\"L-AAAA\"} -12"))
    #expect(lines.contains("bedquota_pool_waiting{\(labels)} 7"))
  }

  private func throttles(_ metrics: GatewayMetrics, _ pool: PoolLabel, _ seconds: Int64) -> Double {
    (metrics.lastHours(atSeconds: seconds)[pool]?.throttles ?? []).reduce(0) { $0 + ($1 ?? 0) }
  }

  @Test func anHourIsToldByTheMinute() throws {
    let metrics = GatewayMetrics()
    let pool = PoolLabel(account: "own", region: "us-east-1", endpoint: .runtime, id: "p")
    for seconds: Int64 in [6_000, 6_059, 6_060, 9_599] { metrics.demanded(pool, atSeconds: seconds) }
    metrics.throttled(pool, atSeconds: 9_599)
    let hour = try #require(metrics.lastHours(atSeconds: 9_599)[pool])
    // The minute of 9,599 s is the last one, so the first begins 59 minutes before it.
    #expect(hour.start == Timestamp(seconds: 6_000) && hour.demand.count == 60)
    #expect(hour.demand.prefix(3) == [2, 1, 0] && hour.demand.last == 1 && hour.throttles.last == 1)
    let later = try #require(metrics.lastHours(atSeconds: 9_661)[pool])
    #expect(later.start == Timestamp(seconds: 6_120) && later.demand.first == 0 && later.demand[57] == 1)
    // A clock that was set back shows nothing that has not been.
    #expect(metrics.lastHours(atSeconds: 100)[pool]?.demand.count == 60)
  }

  @Test func whatWasNeverCountedIsNothingUnlessSeriesWereFolded() throws {
    let metrics = GatewayMetrics()
    let hour = try #require(metrics.noHistory(atSeconds: 9_599))
    #expect(hour.demand == Array(repeating: 0, count: 60) && hour.throttles == hour.demand)
    for number in 0...1_000 {
      metrics.demanded(PoolLabel(account: "own", region: "us-east-1", endpoint: .runtime, id: "\(number)"), atSeconds: 9_599)
    }
    // A pool without a series of its own may be one of those.
    #expect(metrics.noHistory(atSeconds: 9_599) == nil)
  }

  @Test func tokensOfTheLastHourAreThoseOfCallersWithSeries() {
    let metrics = GatewayMetrics()
    metrics.setCallers(["chat", "idle"])
    var record = record()
    (record.atMilliseconds, record.usage) = (10_000_000, TokenUsage(input: 30, output: 12))
    metrics.finished(record)
    #expect(metrics.tokensLastHour(of: ["chat", "idle", "stranger"], atSeconds: 10_010) == ["chat": 42, "idle": 0])
    #expect(metrics.tokensLastHour(of: ["chat"], atSeconds: 13_700) == ["chat": 0])
  }

  @Test func throttlesOfTheLastHourPass() {
    let metrics = GatewayMetrics()
    let pool = PoolLabel(account: "own", region: "us-east-1", endpoint: .runtime, id: "p")
    metrics.throttled(pool, atSeconds: 10_000)
    metrics.throttled(pool, atSeconds: 12_000)
    #expect(throttles(metrics, pool, 12_000) == 2)
    #expect(throttles(metrics, pool, 14_000) == 1)
    #expect(throttles(metrics, pool, 1_000_000) == 0)
    let labels = "account=\"own\",endpoint=\"runtime\",pool=\"p\",region=\"us-east-1\""
    let samples = lines(metrics).filter { $0.hasPrefix("bedquota_upstream_throttles_total") }
    #expect(samples == ["bedquota_upstream_throttles_total{\(labels)} 2"])
  }

  /// The same id in another account or Region, or on the other endpoint, has quotas of its own.
  @Test func throttlesAreThoseOfOnePool() {
    let metrics = GatewayMetrics()
    let pool = PoolLabel(account: "own", region: "us-east-1", endpoint: .runtime, id: "p")
    metrics.throttled(pool, atSeconds: 10_000)
    var others = [pool, pool, pool, pool]
    (others[0].account, others[1].region, others[2].endpoint, others[3].id) = ("research", "us-west-2", .mantle, "another")
    for other in others { #expect(throttles(metrics, other, 10_000) == 0) }
    #expect(throttles(metrics, pool, 10_000) == 1)
  }

  /// Each family is described once, before its samples, and no sample is there twice.
  @Test(arguments: [ExpositionFormat.prometheus, .openMetrics])
  func theTextIsWellFormed(format: ExpositionFormat) {
    let metrics = GatewayMetrics()
    for outcome in RequestRecord.Outcome.allCases {
      var record = record(outcome: outcome)
      record.isStream = true
      record.firstByte = .milliseconds(20)
      record.upstream = .milliseconds(200)
      metrics.finished(record)
    }
    var described: Set<Substring> = []
    var samples: Set<Substring> = []
    for line in metrics.text(format, status, .current()).split(separator: "\n") where line != "# EOF" {
      if line.hasPrefix("# TYPE ") {
        #expect(described.insert(line.split(separator: " ")[2]).inserted)
      } else if !line.hasPrefix("#") {
        let name = line.prefix { $0 != "{" && $0 != " " }
        #expect(described.contains { name.hasPrefix($0) }, "\(name)")
        #expect(samples.insert(line.prefix(upTo: line.lastIndex(of: " ")!)).inserted, "\(line)")
      }
    }
    #expect(samples.count > 100)
  }
}
