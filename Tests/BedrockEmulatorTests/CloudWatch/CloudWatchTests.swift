import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// CloudWatch without a network. boto3 judges the wire (Tests/clients/test_cloudwatch.py); here are times that it can't make.
struct CloudWatchTests {
  /// 2026-11-24 13:48:00
  let now = Date(timeIntervalSince1970: 1_795_528_080)
  let store: MetricStore
  let service: CloudWatchService

  init() {
    store = MetricStore(history: nil)
    service = CloudWatchService(store: store, accountID: "111122223333", region: "us-east-1")
  }

  private var seconds: Int { Int(now.timeIntervalSince1970) }

  private func call(_ operation: String, _ members: [JSONValue.Member], now: Date? = nil) throws(AWSFault) -> JSONValue {
    try service.call(operation, .object(members), now: now ?? self.now)
  }

  /// The code that clients show; "" where the call succeeds.
  private func code(_ operation: String, _ members: [JSONValue.Member]) -> String {
    do throws(AWSFault) {
      _ = try call(operation, members)
      return ""
    } catch {
      return error.queryCode ?? error.code
    }
  }

  private func succeed(
    _ model: String, input: Int = 100, output: Int = 10, cacheRead: Int = 0, latency: Int = 500, at offset: TimeInterval = -120
  ) {
    store.record(
      model, .success(latencyMilliseconds: latency, firstTokenMilliseconds: nil, quotaTokens: input + 5 * output), input: input,
      output: output, cacheRead: cacheRead, at: now.addingTimeInterval(offset))
  }

  private func metric(_ name: String, model: String? = "m", period: Int = 60, stat: String = "Sum", id: String = "a") -> JSONValue
  {
    let dimensions: JSONValue = model.map { [["Name": "ModelId", "Value": .string($0)]] } ?? []
    return [
      "Id": .string(id),
      "MetricStat": [
        "Metric": ["Namespace": "AWS/Bedrock", "MetricName": .string(name), "Dimensions": dimensions], "Period": .integer(period),
        "Stat": .string(stat),
      ],
    ]
  }

  private func request(_ queries: [JSONValue], start: Int = -3_600, end: Int = 0, more: [JSONValue.Member] = []) -> [JSONValue
    .Member]
  {
    [
      .init("MetricDataQueries", .array(queries)), .init("StartTime", .integer(seconds + start)),
      .init("EndTime", .integer(seconds + end)),
    ] + more
  }

  /// Values by id, newest first.
  private func values(_ queries: [JSONValue], start: Int = -3_600, end: Int = 0) throws(AWSFault) -> [[Double]] {
    let reply = try call("GetMetricData", request(queries, start: start, end: end))
    return (reply["MetricDataResults"]?.array ?? []).map { ($0["Values"]?.array ?? []).compactMap(\.double) }
  }

  // MARK: What counts as what

  @Test(arguments: [
    ("Invocations", [3.0]), ("InvocationThrottles", [1]), ("InvocationClientErrors", [2]), ("InvocationServerErrors", [1]),
    ("InvocationLatency", [500]), ("InputTokenCount", [107]), ("OutputTokenCount", [13]), ("EstimatedTPMQuotaUsage", [150]),
    ("TimeToFirstToken", []), ("CacheReadInputTokenCount", []), ("NoSuchMetric", []),
  ])
  func outcomes(name: String, expected: [Double]) throws {
    succeed("m")
    for ending in [MetricStore.Ending.throttled, .rejected, .serverError] { store.record("m", ending, at: now - 120) }
    store.record("m", .clientError, input: 7, output: 3, at: now - 120)
    #expect(try values([metric(name), metric(name, model: nil, id: "b")]) == [expected, expected])
  }

  @Test func cacheMetricsBeginWithTheFirstCachedToken() throws {
    succeed("m", at: -180)
    succeed("m", cacheRead: 40)
    succeed("m")
    #expect(
      try values([metric("CacheReadInputTokenCount"), metric("CacheReadInputTokenCount", stat: "SampleCount", id: "b")]) == [
        [40], [2],
      ])
    #expect(try values([metric("CacheWriteInputTokenCount")]) == [[]])
  }

  @Test func modelsAddUp() throws {
    succeed("m")
    succeed("n")
    #expect(try values([metric("Invocations"), metric("Invocations", model: nil, id: "b")]) == [[1], [2]])
    store.reset()
    #expect(try values([metric("Invocations"), metric("Invocations", model: nil, id: "b")]) == [[], []])
  }

  @Test(arguments: [1.0, 10, 50, 90, 99, 99.9])
  func percentilesAreRightWithinOnePercent(percent: Double) throws {
    for latency in 1...1_000 { succeed("m", latency: latency * latency) }
    let rank = Double(Int((percent / 100 * 1_000).rounded(.up)))
    let found = try values([metric("InvocationLatency", stat: "p\(percent)")])
    #expect(abs((found.first?.first ?? 0) / (rank * rank) - 1) <= 0.0101)
  }

  @Test func extremesAreExact() throws {
    for latency in [17, 333, 90_001] { succeed("m", latency: latency) }
    let stats = ["p0", "Minimum", "p100", "Maximum", "Average", "SampleCount"]
    let queries = stats.enumerated().map { metric("InvocationLatency", stat: $0.element, id: "m\($0.offset)") }
    #expect(try values(queries) == [[17], [17], [90_001], [90_001], [90_351.0 / 3], [3]])
  }

  @Test func nothingTraps() throws {
    for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e300] {
      store.record("m", .throttled, at: Date(timeIntervalSince1970: seconds))
    }
    for _ in 0..<3 {
      store.record(
        "m", .success(latencyMilliseconds: .max, firstTokenMilliseconds: .min, quotaTokens: .max), input: .max, output: .min,
        at: now - 60)
    }
    #expect(try values([metric("InputTokenCount"), metric("Invocations", id: "b")])[1] == [3])
  }

  // MARK: Time

  /// Periods from StartTime on, here 12:48, the newest first, EndTime not included.
  @Test(arguments: [(60, [2.0, 1]), (300, [3]), (180, [2, 1]), (3_600, [3])])
  func periods(period: Int, expected: [Double]) throws {
    succeed("m", at: -240)  // 13:44
    for _ in 0..<2 { succeed("m", at: -180) }  // 13:45
    succeed("m", at: 0)
    #expect(try values([metric("Invocations", period: period)]) == [expected])
  }

  /// Minutes are there for 15 days, 5 minutes for 63, hours for 455.
  @Test(arguments: [
    (14, 60, true), (16, 60, false), (16, 300, true), (62, 300, true), (64, 300, false), (64, 3_600, true), (454, 3_600, true),
  ])
  func retention(days: Int, period: Int, isThere: Bool) throws {
    succeed("m")
    let found = try values([metric("Invocations", period: period)], start: -days * 86_400, end: 60)
    #expect(found == [isThere ? [1] : []])
  }

  @Test func whatIsOlderThanFifteenDaysIsForgotten() throws {
    for day in 0..<20 {
      for minute in 0..<1_440 { store.record("m", .throttled, at: now.addingTimeInterval(Double(day * 1_440 + minute) * 60)) }
    }
    let later = now.addingTimeInterval(20 * 86_400)
    let reply = try call(
      "GetMetricData", request([metric("InvocationThrottles", period: 86_400)], start: -86_400, end: 30 * 86_400), now: later)
    let sum = (reply["MetricDataResults"]?.array?.first?["Values"]?.array ?? []).compactMap(\.double).reduce(0, +)
    #expect(sum >= 15 * 1_440 && sum <= 17 * 1_440)
  }

  @Test func theHistoryJoinsWhatIsLive() throws {
    let model = TrafficHistory.Model(modelID: "m", requestsPerMinute: 500, tokensPerMinute: 2_000_000, outputBurndown: 5)
    let history = TrafficHistory(models: [model], seed: 1, end: now - 600, days: 14)
    let store = MetricStore(history: history)
    let service = CloudWatchService(store: store, accountID: "111122223333", region: "us-east-1")
    store.record("m", .throttled, at: now - 60)
    store.record("new", .rejected, at: now - 60)
    let input = JSONValue.object(request([metric("Invocations"), metric("InvocationThrottles", id: "b")], start: -1_800))
    let reply = try service.call("GetMetricData", input, now: now)
    let results = reply["MetricDataResults"]?.array ?? []
    let past = (seconds / 60 - 30..<seconds / 60 - 10).compactMap { history.minute(0, $0)?.invocations }.reversed()
    #expect(results.first?["Values"]?.array?.compactMap(\.integer) == Array(past))
    #expect(results.last?["Timestamps"]?.array?.first?.integer == seconds - 60)
    let metrics = try service.call("ListMetrics", [:], now: now)["Metrics"]?.array ?? []
    let models = Set(metrics.compactMap { $0["Dimensions"]?.array?.first?["Value"]?.string })
    #expect(models == ["m", "new"])
  }

  @Test(arguments: [(3_600, 1), (10_900, 0)])
  func recentlyActive(age: TimeInterval, count: Int) throws {
    store.record("m", .throttled, at: now - age)
    let filter: [JSONValue.Member] = [.init("Dimensions", [["Name": "ModelId"]])]
    #expect(try call("ListMetrics", filter)["Metrics"]?.array?.count == 1)
    #expect(try call("ListMetrics", filter + [.init("RecentlyActive", "PT3H")])["Metrics"]?.array?.count == count)
  }

  // MARK: Pages

  @Test(arguments: [1, 7, 10, 11, 1_000])
  func pagesGiveEverythingOnce(size: Int) throws {
    for minute in 1...10 { for model in ["m", "n"] { succeed(model, at: Double(-60 * minute)) } }
    let queries = [
      metric("Invocations"), metric("Invocations", model: "n", period: 300, id: "b"), metric("InputTokenCount", id: "c"),
    ]
    for order in ["TimestampDescending", "TimestampAscending"] {
      var found: [String: [Int]] = [:]
      var token: JSONValue?
      repeat {
        var more: [JSONValue.Member] = [.init("ScanBy", .string(order)), .init("MaxDatapoints", .integer(size))]
        if let token { more.append(.init("NextToken", token)) }
        let reply = try call("GetMetricData", request(queries, more: more))
        for result in reply["MetricDataResults"]?.array ?? [] {
          found[result["Id"]?.string ?? "", default: []] += result["Timestamps"]?.array?.compactMap(\.integer) ?? []
        }
        token = reply["NextToken"]
      } while token != nil
      #expect(found.mapValues(\.count) == ["a": 10, "b": 2, "c": 10])
      for times in found.values { #expect(times == (order == "TimestampAscending" ? times.sorted() : times.sorted(by: >))) }
    }
  }

  @Test func aTokenContinuesItsOwnRequestOnly() throws {
    for minute in 1...3 { succeed("m", at: Double(-60 * minute)) }
    let small = JSONValue.Member("MaxDatapoints", 1)
    let token = try #require(try call("GetMetricData", request([metric("Invocations")], more: [small]))["NextToken"])
    #expect(code("GetMetricData", request([metric("InputTokenCount")], more: [.init("NextToken", token)])) == "InvalidNextToken")
    #expect(code("GetMetricData", request([metric("Invocations")], more: [.init("NextToken", token)])) == "")
  }

  // MARK: Metric math

  @Test(arguments: [
    ("m1 + m2", [4.0, 1]), ("m1/m2", [3]), ("100 * (m1 - 1) / -m1", [-200.0 / 3, -50]), ("SUM(METRICS())", [4, 2]),
    ("MAX([m1, m2])", [3, 2]), ("AVG([m1,m2])", [2, 2]), ("m1 / (m2 - 1)", []),
  ])
  func expressions(text: String, expected: [Double]) throws {
    for _ in 0..<2 { succeed("m", at: -180) }
    for _ in 0..<3 { succeed("m") }
    succeed("n")
    let queries = [metric("Invocations", id: "m1"), metric("Invocations", model: "n", id: "m2")]
    let found = try values(queries + [["Id": "e", "Expression": .string(text)]])
    // Where only one has a value, there is none: "m1 + m2" in the older minute.
    #expect(found.last == (text == "m1 + m2" ? [4] : expected))
  }

  @Test func filledGaps() throws {
    succeed("m")
    let queries = [metric("Invocations", id: "m1"), ["Id": "e", "Expression": "FILL(m1, 0)"]]
    #expect(try values(queries, start: -300)[1] == [0, 1, 0, 0, 0])
  }

  @Test(arguments: [
    "SEARCH('{AWS/Bedrock,ModelId} Invocations', 'Sum', 60)", "ANOMALY_DETECTION_BAND(m1)", "m1 +", "(m1", "SUM(m1)", "7", "m9",
    "e",
    "m1 m1", "RATE(m1)", String(repeating: "(", count: 1_000),
  ])
  func expressionsThatAreNotEvaluated(text: String) {
    #expect(
      code("GetMetricData", request([metric("Invocations", id: "m1"), ["Id": "e", "Expression": .string(text)]]))
        == "ValidationError")
  }

  // MARK: Refusals

  @Test(
    arguments: [
      ("Period", 0), ("Period", 7), ("Period", 90), ("Statistics", ["Median"]), ("Unit", "Counts"), ("StartTime", "today"),
      ("StartTime", 1e30), ("Statistics", ["Sum", "Sum", "Sum", "Sum", "Sum", "Sum"]), ("ExtendedStatistics", ["tm90"]),
      ("ExtendedStatistics", ["p101"]), ("ExtendedStatistics", ["pNaN"]), ("ExtendedStatistics", ["p1e1"]), ("Namespace", ""),
    ] as [(String, JSONValue)])
  func statisticsThatCannotBe(name: String, value: JSONValue) {
    var members: [JSONValue.Member] = [
      .init("Namespace", "AWS/Bedrock"), .init("MetricName", "Invocations"), .init("StartTime", .integer(seconds - 600)),
      .init("EndTime", .integer(seconds)), .init("Period", 60), .init("Statistics", ["Sum"]),
    ]
    #expect(code("GetMetricStatistics", members) == "")
    members.append(.init(name, value))
    #expect(code("GetMetricStatistics", members) == "InvalidParameterValue")
  }

  @Test func unknownOperations() {
    #expect(code("GetDashboard", []) == "UnknownOperationException")
  }

  // MARK: Custom metrics

  private func put(_ datum: JSONValue, namespace: String = "Mine") -> String {
    code("PutMetricData", [.init("Namespace", .string(namespace)), .init("MetricData", [datum])])
  }

  @Test(
    arguments: [
      (["MetricName": "x", "Value": 1], ""), (["MetricName": "x", "Values": [1, 2], "Counts": [3, 4]], ""),
      (["MetricName": "x", "StatisticValues": ["SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2]], ""),
      (["MetricName": "x"], "InvalidParameterValue"), (["Value": 1], "MissingParameter"),
      (["MetricName": "x", "Value": "NaN"], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1e200], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1, "Values": [1]], "InvalidParameterCombination"),
      (["MetricName": "x", "Values": [1, 2], "Counts": [3]], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1, "Unit": "Furlongs"], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1, "StorageResolution": 5], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1, "Timestamp": 1_794_318_479], "InvalidParameterValue"),
      (["MetricName": "x", "Value": 1, "Timestamp": "2026-11-10T13:48:00Z"], ""),
      (["MetricName": "x", "Value": 1, "Timestamp": "2026-11-24T15:48:00.000Z"], ""),
      (["MetricName": "x", "Value": 1, "Timestamp": 1_795_535_281], "InvalidParameterValue"),
    ] as [(JSONValue, String)])
  func data(datum: JSONValue, expected: String) {
    #expect(put(datum) == expected)
  }

  @Test(arguments: ["AWS/Bedrock", "AWS/", ":mine"])
  func namespacesOfAWS(namespace: String) {
    #expect(put(["MetricName": "x", "Value": 1], namespace: namespace) == "InvalidParameterValue")
  }

  @Test func unitsStayApart() throws {
    for (value, unit) in [(1, "Seconds"), (5, "Count"), (2, "Seconds")] {
      #expect(put(["MetricName": "x", "Value": .integer(value), "Unit": .string(unit)]) == "")
    }
    let reply = try call(
      "GetMetricStatistics",
      [
        .init("Namespace", "Mine"), .init("MetricName", "x"), .init("StartTime", .integer(seconds - 600)),
        .init("EndTime", .integer(seconds + 60)), .init("Period", 60), .init("Statistics", ["Sum"]),
      ])
    let points = reply["Datapoints"]?.array ?? []
    #expect(points.map { $0["Unit"]?.string } == ["Count", "Seconds"])
    #expect(points.map { $0["Sum"]?.integer } == [5, 3])
  }

  @Test func tenThousandSeriesAtMost() {
    for page in 0..<10 {
      let data = (0..<1_000).map { JSONValue.object([.init("MetricName", .string("x\(page)-\($0)")), .init("Value", 1)]) }
      #expect(code("PutMetricData", [.init("Namespace", "Mine"), .init("MetricData", .array(data))]) == "")
    }
    #expect(put(["MetricName": "one more", "Value": 1]) == "LimitExceeded")
    #expect(put(["MetricName": "x0-0", "Value": 1]) == "")
  }
}
