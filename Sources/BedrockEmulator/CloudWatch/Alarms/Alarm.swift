import AWSWire

/// A metric alarm as PutMetricAlarm defined it.
struct Alarm: Sendable {
  enum Comparison: String, CaseIterable, Sendable {
    case greaterOrEqual = "GreaterThanOrEqualToThreshold"
    case greater = "GreaterThanThreshold"
    case less = "LessThanThreshold"
    case lessOrEqual = "LessThanOrEqualToThreshold"

    func isBreached(_ value: Double, _ threshold: Double) -> Bool {
      switch self {
      case .greaterOrEqual: value >= threshold
      case .greater: value > threshold
      case .less: value < threshold
      case .lessOrEqual: value <= threshold
      }
    }

    /// As CloudWatch words it in the reason of a state.
    var words: String {
      switch self {
      case .greaterOrEqual: "greater than or equal to"
      case .greater: "greater than"
      case .less: "less than"
      case .lessOrEqual: "less than or equal to"
      }
    }
  }

  enum MissingData: String, CaseIterable, Sendable {
    case breaching, notBreaching, ignore, missing
  }

  enum Source: Sendable {
    case metric(MetricQuery.Metric)
    /// The one of these that returns data.
    case queries(MetricQueries, result: Int)
  }

  var name: String
  var source: Source
  var evaluationPeriods: Int
  var datapointsToAlarm: Int
  var treatMissingData: MissingData
  /// nil: a band of expected values, which is not evaluated here.
  var limit: (comparison: Comparison, threshold: Double)?
  /// ARNs of all three kinds.
  var actions: [String]
  /// What DescribeAlarms gives back of the definition.
  var definition: [JSONValue.Member]
  var state: AlarmState
}

extension Alarm {
  var json: JSONValue {
    var members = definition
    members += [
      .init("StateValue", .string(state.value.rawValue)), .init("StateReason", .string(state.reason)),
      .init("StateUpdatedTimestamp", .integer(state.updatedAt)),
      .init("StateTransitionedTimestamp", .integer(state.transitionedAt)),
    ]
    if let data = state.reasonData { members.append(.init("StateReasonData", .string(data))) }
    return .object(members)
  }
}
