import Foundation

/// A metric alarm of CloudWatch. The members are those of PutMetricAlarm, of DescribeAlarms and of CloudFormation's
/// `AWS::CloudWatch::Alarm` alike; nil is left out.
package struct MetricAlarm: Sendable, Hashable, Codable {
  package var name: String
  package var description: String?
  package var actionsEnabled: Bool?
  package var okActions: [String]?
  package var alarmActions: [String]?
  package var insufficientDataActions: [String]?
  package var comparison: String?
  package var threshold: Double?
  package var evaluationPeriods: Int?
  package var datapointsToAlarm: Int?
  package var missingData: String?
  /// nil for an alarm on one metric without queries.
  package var queries: [MetricDataQuery]?
  /// `OK`, `ALARM` or `INSUFFICIENT_DATA`; DescribeAlarms only.
  package var state: String?

  enum CodingKeys: String, CodingKey {
    case name = "AlarmName"
    case description = "AlarmDescription"
    case actionsEnabled = "ActionsEnabled"
    case okActions = "OKActions"
    case alarmActions = "AlarmActions"
    case insufficientDataActions = "InsufficientDataActions"
    case comparison = "ComparisonOperator"
    case threshold = "Threshold"
    case evaluationPeriods = "EvaluationPeriods"
    case datapointsToAlarm = "DatapointsToAlarm"
    case missingData = "TreatMissingData"
    case queries = "Metrics"
    case state = "StateValue"
  }

  package init(name: String) { self.name = name }
}

/// A page of DescribeAlarms. The list is required: a reply without it must fail rather than look like an account without alarms.
package struct MetricAlarmPage: Sendable, Decodable {
  package var alarms: [MetricAlarm]
  package var nextToken: String?

  enum CodingKeys: String, CodingKey {
    case alarms = "MetricAlarms"
    case nextToken = "NextToken"
  }
}

/// Rates: DescribeAlarms 9 a second, PutMetricAlarm and DeleteAlarms 3 a second, per account and Region (CloudWatch service quotas).
extension CloudWatchAPI {
  /// Names in one DeleteAlarms call (CloudWatch API reference, DeleteAlarms).
  package static let deletedAlarmsMax = 100

  private static let changeRate = RequestRate(perSecond: 3, burst: 3)

  package static func describeAlarms(prefix: String, nextToken: String?) throws -> AWSOperation<MetricAlarmPage> {
    let input = DescribeInput(AlarmNamePrefix: prefix, AlarmTypes: ["MetricAlarm"], MaxRecords: 100, NextToken: nextToken)
    return try operation(
      "DescribeAlarms", input, rate: RequestRate(perSecond: 9, burst: 9),
      decode: { try JSONDecoder().decode(MetricAlarmPage.self, from: $0) })
  }

  /// Creates the alarm, or replaces the one of this name: calling it twice changes nothing the second time.
  package static func putMetricAlarm(_ alarm: MetricAlarm) throws -> AWSOperation<Void> {
    var input = alarm
    input.state = nil
    return try operation("PutMetricAlarm", input, rate: changeRate, decode: { _ in })
  }

  /// - Parameter names: at most ``deletedAlarmsMax``.
  package static func deleteAlarms(_ names: [String]) throws -> AWSOperation<Void> {
    try operation("DeleteAlarms", DeleteInput(AlarmNames: names), rate: changeRate, decode: { _ in })
  }

  // Named as in AWS's JSON.
  private struct DescribeInput: Encodable {
    var AlarmNamePrefix: String
    var AlarmTypes: [String]
    var MaxRecords: Int
    var NextToken: String?
  }
  private struct DeleteInput: Encodable { var AlarmNames: [String] }
}
