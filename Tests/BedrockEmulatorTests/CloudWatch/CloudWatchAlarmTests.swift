import AWSServer
import AWSWire
import BedrockEmulator
import Foundation
import Testing

/// What state an alarm is in, and what an alarm may be.
struct CloudWatchAlarmTests {
  let now = Date(timeIntervalSince1970: 1_795_528_080)
  let store = MetricStore(history: nil)
  let service: CloudWatchService

  init() { service = CloudWatchService(store: store, accountID: "111122223333", region: "us-east-1") }

  private static let definition: [JSONValue.Member] = [
    .init("AlarmName", "a"), .init("Namespace", "AWS/Bedrock"), .init("MetricName", "InvocationThrottles"),
    .init("Dimensions", [["Name": "ModelId", "Value": "m"]]), .init("Statistic", "Sum"), .init("Period", 60),
    .init("EvaluationPeriods", 3), .init("Threshold", 2), .init("ComparisonOperator", "GreaterThanOrEqualToThreshold"),
  ]

  private func put(_ changes: [JSONValue.Member] = [], without removed: Set<String> = []) throws(AWSFault) {
    let kept = Self.definition.filter { member in !removed.contains(member.name) && !changes.contains { $0.name == member.name } }
    _ = try service.call("PutMetricAlarm", .object(kept + changes), now: now)
  }

  private func state(_ now: Date? = nil) throws(AWSFault) -> String? {
    try service.call("DescribeAlarms", [:], now: now ?? self.now)["MetricAlarms"]?.array?.first?["StateValue"]?.string
  }

  /// The five minutes before now, oldest first: X breaches, 0 does not, - is missing. As in CloudWatch's own table.
  private func record(_ minutes: String) {
    for (index, minute) in minutes.enumerated() {
      let date = now.addingTimeInterval(Double(60 * (index - minutes.count)))
      let count = minute == "X" ? 2 : minute == "0" ? 1 : 0
      for _ in 0..<count { store.record("m", .throttled, at: date) }
    }
  }

  @Test(arguments: [
    // Minutes, DatapointsToAlarm, and the state for missing, ignore, breaching, notBreaching.
    ("0-X-X", 3, ["OK", "OK", "OK", "OK"]), ("-----", 3, ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM", "OK"]),
    ("0----", 3, ["OK", "OK", "OK", "OK"]), ("-XX--", 3, ["ALARM", "INSUFFICIENT_DATA", "ALARM", "OK"]),
    ("--X--", 3, ["ALARM", "INSUFFICIENT_DATA", "ALARM", "OK"]), ("0-X-X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("00X0X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]), ("0-X--", 2, ["OK", "INSUFFICIENT_DATA", "ALARM", "OK"]),
    ("XXX", 3, ["ALARM", "ALARM", "ALARM", "ALARM"]), ("000", 1, ["OK", "OK", "OK", "OK"]),
  ])
  func states(minutes: String, needed: Int, expected: [String]) throws {
    record(minutes)
    for (treatment, expected) in zip(["missing", "ignore", "breaching", "notBreaching"], expected) {
      _ = try? service.call("DeleteAlarms", ["AlarmNames": ["a"]], now: now)
      try put([.init("DatapointsToAlarm", .integer(needed)), .init("TreatMissingData", .string(treatment))])
      #expect(try state() == expected, "\(treatment)")
    }
  }

  @Test(arguments: [
    ("GreaterThanThreshold", "OK"), ("GreaterThanOrEqualToThreshold", "ALARM"), ("LessThanThreshold", "OK"),
    ("LessThanOrEqualToThreshold", "ALARM"),
  ])
  func comparisons(comparison: String, expected: String) throws {
    record("XXX")
    try put([.init("ComparisonOperator", .string(comparison))])
    #expect(try state() == expected)
  }

  @Test func anExpressionAlarms() throws {
    record("X")
    for _ in 0..<2 { store.record("m", .serverError, at: now - 60) }
    func stat(_ id: String, _ name: String) -> JSONValue {
      [
        "Id": .string(id), "ReturnData": false,
        "MetricStat": [
          "Metric": [
            "Namespace": "AWS/Bedrock", "MetricName": .string(name), "Dimensions": [["Name": "ModelId", "Value": "m"]],
          ],
          "Period": 60, "Stat": "Sum",
        ],
      ]
    }
    let metrics: JSONValue = [
      stat("t", "InvocationThrottles"), stat("i", "Invocations"), ["Id": "share", "Expression": "100 * t / (t + i)"],
    ]
    let removed: Set<String> = ["Namespace", "MetricName", "Dimensions", "Statistic", "Period"]
    try put([.init("Metrics", metrics), .init("Threshold", 50), .init("EvaluationPeriods", 1)], without: removed)
    #expect(try state() == "ALARM")
    try put([.init("Metrics", metrics), .init("Threshold", 50.5), .init("EvaluationPeriods", 1)], without: removed)
    #expect(try state() == "OK")
  }

  @Test func aStateSetByHandHoldsForAMinute() throws {
    record("000")
    try put()
    #expect(try state() == "OK")
    _ = try service.call("SetAlarmState", ["AlarmName": "a", "StateValue": "ALARM", "StateReason": "test"], now: now)
    #expect(try state(now + 59) == "ALARM")
    #expect(try state(now + 60) == "OK")
  }

  @Test func aChangedAlarmReplacesTheOldOne() throws {
    try put()
    try put([.init("Threshold", 9)])
    let alarms = try service.call("DescribeAlarms", [:], now: now)["MetricAlarms"]?.array
    #expect(alarms?.count == 1 && alarms?.first?["Threshold"]?.integer == 9)
    service.reset()
    #expect(try service.call("DescribeAlarms", [:], now: now)["MetricAlarms"]?.array?.isEmpty == true)
  }

  @Test(arguments: [
    ("AlarmName", "MissingParameter"), ("EvaluationPeriods", "MissingParameter"), ("Threshold", "MissingParameter"),
    ("ComparisonOperator", "MissingParameter"), ("Period", "MissingParameter"), ("MetricName", "MissingParameter"),
    ("Statistic", "ValidationError"),
  ])
  func requiredParts(name: String, code: String) {
    #expect { try put(without: [name]) } throws: { ($0 as? AWSFault)?.queryCode == code }
  }

  @Test(
    arguments: [
      ("Period", 7), ("Period", 604_860), ("EvaluationPeriods", 0), ("EvaluationPeriods", 1_441), ("DatapointsToAlarm", 4),
      ("Threshold", "NaN"), ("ComparisonOperator", "Equal"), ("ComparisonOperator", "GreaterThanUpperThreshold"),
      ("TreatMissingData", "zero"), ("ExtendedStatistic", "p99"), ("Statistic", "Median"), ("AlarmName", ""), ("Metrics", []),
      ("ThresholdMetricId", "m1"), ("EvaluationCriteria", [:]), ("AlarmActions", ["1", "2", "3", "4", "5", "6"]),
      ("Period", 9_223_372_036_854_775_800),
    ] as [(String, JSONValue)])
  func alarmsThatCannotBe(name: String, value: JSONValue) {
    #expect { try put([.init(name, value)]) } throws: { ($0 as? AWSFault)?.code == "ValidationError" }
  }

  /// Alarms on many metrics over a day, of which a page evaluates only a few.
  @Test(arguments: [nil, "INSUFFICIENT_DATA", "ALARM"] as [String?])
  func aPageEndsWhenItsAlarmsTakeTooMuchWork(state: String?) throws {
    var metrics: [JSONValue] = (0..<19).map { index in
      [
        "Id": .string("m\(index)"), "ReturnData": false,
        "MetricStat": ["Metric": ["Namespace": "AWS/Bedrock", "MetricName": "Invocations"], "Period": 60, "Stat": "p99"],
      ]
    }
    metrics.append(["Id": "e", "Expression": "SUM(METRICS())"])
    for index in 0..<30 {
      _ = try service.call(
        "PutMetricAlarm",
        [
          "AlarmName": .string("a\(index)"), "Metrics": .array(metrics), "EvaluationPeriods": 1_400, "Threshold": 1,
          "ComparisonOperator": "GreaterThanThreshold",
        ], now: now)
    }
    var names: [String] = []
    var pages = 0
    var token: String?
    repeat {
      let input = JSONValue.object(
        ["MaxRecords": 100, "StateValue": state.map(JSONValue.string), "NextToken": token.map(JSONValue.string)]
          .compactMap { name, value in value.map { .init(name, $0) } })
      let page = try service.call("DescribeAlarms", input, now: now)
      names += page["MetricAlarms"]?.array?.compactMap { $0["AlarmName"]?.string } ?? []
      token = page["NextToken"]?.string
      pages += 1
    } while token != nil && pages < 100
    #expect(pages > 1 && pages < 100)
    #expect(names.count == (state == "ALARM" ? 0 : 30) && Set(names).count == names.count)
  }
}
