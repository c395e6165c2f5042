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

    /// CloudWatch's words for the comparison in the reason of a state.
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
    /// Several queries, of which one is the result.
    case queries(MetricQueries, result: Int)
  }

  var name: String
  var source: Source
  var evaluationPeriods: Int
  var datapointsToAlarm: Int
  var treatMissingData: MissingData
  /// nil for an anomaly detection band, which the emulator doesn't evaluate.
  var limit: (comparison: Comparison, threshold: Double)?
  /// The ARNs of all actions, for all states.
  var actions: [String]
  /// The definition as DescribeAlarms returns it.
  var definition: [JSONValue.Member]
  /// The size of the definition, in bytes of JSON.
  var bytes: Int
  var state: AlarmState
}

extension Alarm {
  /// What an evaluation takes: the periods that are read of all metrics, and what is computed from them.
  var evaluationWork: Int {
    let periods = evaluationPeriods + AlarmEvaluation.slack
    guard case .queries(let queries, let result) = source else { return periods }
    return queries.work(of: result, periods: periods)
  }

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
