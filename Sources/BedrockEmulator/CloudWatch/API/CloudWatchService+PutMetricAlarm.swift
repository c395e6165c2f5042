import AWSServer
import AWSWire

extension CloudWatchService {
  func putAlarm(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let alarm = try AlarmDefinition(input).alarm(accountID: accountID, region: region, now: now)
    guard alarms.put(alarm) else {
      throw CloudWatchFault.limitExceeded(
        "The emulator keeps at most \(AlarmStore.alarmsMax) alarms, of \(AlarmStore.bytesMax) bytes together.")
    }
    return [:]
  }
}

/// The input of PutMetricAlarm.
private struct AlarmDefinition {
  /// The longest time that an alarm evaluates: a day, or a week for periods of an hour or more.
  private static let secondsMax = 86_400
  private static let secondsMaxOfHours = 604_800
  private static let bands: Set<String> = [
    "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold",
  ]

  private let input: CloudWatchInput
  private let name: String
  private let source: Alarm.Source
  private let periods: Int
  private let datapoints: Int?
  private let missingData: String?
  private let comparison: String
  private let threshold: Double?

  init(_ input: CloudWatchInput) throws(AWSFault) {
    self.input = input
    name = try input.requiredText("AlarmName", max: 255)
    guard !input.has("EvaluationCriteria") else {
      throw CloudWatchFault.validation("The emulator does not evaluate alarms with EvaluationCriteria.")
    }
    guard let periods = try input.integer("EvaluationPeriods", in: 1...Self.secondsMax) else {
      throw CloudWatchFault.missing("EvaluationPeriods")
    }
    self.periods = periods
    datapoints = try input.integer("DatapointsToAlarm", in: 1...Self.secondsMax)
    guard (datapoints ?? periods) <= periods else {
      throw input.invalid("The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    }
    let comparisons = Self.bands.union(Alarm.Comparison.allCases.map(\.rawValue))
    guard let comparison = try input.choice("ComparisonOperator", of: comparisons) else {
      throw CloudWatchFault.missing("ComparisonOperator")
    }
    self.comparison = comparison
    missingData = try input.choice("TreatMissingData", of: Alarm.MissingData.allCases.map(\.rawValue))
    threshold = try input.number("Threshold")
    let isBand = Self.bands.contains(comparison)
    guard isBand == input.has("ThresholdMetricId") else {
      throw input.invalid("ThresholdMetricId is for the comparison operators of an anomaly detection band, and they require it.")
    }
    guard isBand || threshold != nil else { throw CloudWatchFault.missing("Threshold") }
    source = try input.has("Metrics") ? Self.queries(input) : .metric(Self.metric(input))
    try checkSpan()
  }

  private static func metric(_ input: CloudWatchInput) throws(AWSFault) -> MetricQuery.Metric {
    let key = try input.metricKey()
    guard let period = try input.integer("Period", in: 1...Int(Int32.max)) else { throw CloudWatchFault.missing("Period") }
    guard [10, 20, 30].contains(period) || period % 60 == 0 else {
      throw input.invalid("The parameter Period must be 10, 20, 30 or a multiple of 60.")
    }
    let simple = try input.choice("Statistic", of: Statistic.simple.keys)
    let extended = try input.text("ExtendedStatistic", max: 255)
    guard let name = simple ?? extended, simple == nil || extended == nil else {
      throw input.invalid("Exactly one of Statistic and ExtendedStatistic must be specified.")
    }
    return MetricQuery.Metric(
      key: key, period: period, statistic: try Statistic(name, invalid: input.invalid), statisticName: name,
      unit: try input.unit())
  }

  private static func queries(_ input: CloudWatchInput) throws(AWSFault) -> Alarm.Source {
    let others = ["MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic"]
    for name in others where input.has(name) {
      throw input.invalid("The parameters Metrics and \(name) are mutually exclusive and you have specified both.")
    }
    let queries = try MetricQueries(try input.structures("Metrics", max: 20) ?? [], keepsUnsupported: true)
    let returned = queries.queries.indices.filter { queries.queries[$0].returnsData }
    // The metric of a band returns data too.
    guard let result = returned.first, returned.count == 1 || input.has("ThresholdMetricId") else {
      throw input.invalid("Exactly one element of the metrics list should return data.")
    }
    return .queries(queries, result: result)
  }

  private func checkSpan() throws(AWSFault) {
    let period: Int
    switch source {
    case .metric(let metric): period = metric.period
    case .queries(let queries, let result): period = queries.period(of: result) ?? 60
    }
    let (span, overflow) = period.multipliedReportingOverflow(by: periods)
    guard !overflow, span <= (period >= 3_600 ? Self.secondsMaxOfHours : Self.secondsMax) else {
      throw input.invalid(
        "Metrics can be checked for at most a day; for a week with periods of an hour or more (EvaluationPeriods * Period).")
    }
  }

  func alarm(accountID: String, region: String, now: Int) throws(AWSFault) -> Alarm {
    var definition: [JSONValue.Member] = []
    func add(_ name: String, _ value: JSONValue?) { if let value { definition.append(.init(name, value)) } }
    add("AlarmName", .string(name))
    add("AlarmArn", .string("arn:aws:cloudwatch:\(region):\(accountID):alarm:\(name)"))
    add("AlarmDescription", try input.text("AlarmDescription", max: 1_024, min: 0).map(JSONValue.string))
    add("AlarmConfigurationUpdatedTimestamp", .integer(now))
    add("ActionsEnabled", .bool(try input.flag("ActionsEnabled") ?? true))
    var actions: [String] = []
    for kind in ["OKActions", "AlarmActions", "InsufficientDataActions"] {
      let arns = try input.texts(kind, max: 5, length: 1_024) ?? []
      add(kind, JSONValue(arns))
      actions += arns
    }
    addSource(add)
    add("EvaluationPeriods", .integer(periods))
    add("DatapointsToAlarm", datapoints.map(JSONValue.integer))
    add("Threshold", threshold.map { JSONValue(statistic: $0) })
    add("ComparisonOperator", .string(comparison))
    add("TreatMissingData", missingData.map(JSONValue.string))
    let lowCounts = try input.choice("EvaluateLowSampleCountPercentile", of: ["evaluate", "ignore"])
    add("EvaluateLowSampleCountPercentile", lowCounts.map(JSONValue.string))
    add("ThresholdMetricId", try input.text("ThresholdMetricId", max: 255).map(JSONValue.string))
    _ = try input.structures("Tags", max: 50)
    let limit = Alarm.Comparison(rawValue: comparison).flatMap { comparison in threshold.map { (comparison, $0) } }
    return Alarm(
      name: name, source: source, evaluationPeriods: periods, datapointsToAlarm: datapoints ?? periods,
      treatMissingData: missingData.flatMap(Alarm.MissingData.init) ?? .missing, limit: limit, actions: actions,
      definition: definition, bytes: JSONValue.object(definition).data.count,
      state: AlarmState(
        value: .insufficientData, reason: "Unchecked: Initial alarm creation", updatedAt: now, transitionedAt: now))
  }

  private func addSource(_ add: (String, JSONValue?) -> Void) {
    switch source {
    case .metric(let metric):
      add("MetricName", .string(metric.key.name))
      add("Namespace", .string(metric.key.namespace))
      add(metric.statistic.isPercentile ? "ExtendedStatistic" : "Statistic", .string(metric.statisticName))
      add("Dimensions", JSONValue(metric.key.dimensions))
      add("Period", .integer(metric.period))
      add("Unit", metric.unit.map(JSONValue.string))
    case .queries(let queries, _): add("Metrics", .array(queries.queries.map(\.json)))
    }
  }
}
