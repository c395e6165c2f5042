import AWSServer
import AWSWire

extension CloudWatchService {
  /// The largest page of DescribeAlarms. All alarms on a page are evaluated.
  private static let recordsMax = 100
  /// The work after which a page of alarms ends; see ``Alarm/evaluationWork``. It takes some tenths of a second.
  private static let workMax = 500_000

  func describeAlarms(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let filter = try AlarmFilter(input)
    let count = try input.integer("MaxRecords", in: 1...Self.recordsMax) ?? 50
    let listing = input.listing("DescribeAlarms", without: ["NextToken", "MaxRecords"])
    var offset = 0
    if let token = try input.text("NextToken", max: 2_048) {
      guard let found = tokens.read(token, listing: listing) else { throw CloudWatchFault.invalidToken() }
      offset = found
    }
    // A page ends when it is full, or when its alarms have taken enough work; then it may even be empty.
    let candidates = alarms.all.filter(filter.allows)
    var shown: [JSONValue] = []
    var work = 0
    while offset < candidates.count, shown.count < count, work < Self.workMax {
      let alarm = candidates[offset]
      work += alarm.evaluationWork
      let found = evaluated(alarm, now: now)
      if filter.state.map({ found.state.value == $0 }) ?? true { shown.append(found.json) }
      offset += 1
    }
    return .object([
      "MetricAlarms": .array(shown), "CompositeAlarms": [],
      "NextToken": offset < candidates.count ? .string(tokens.make(listing: listing, offset: offset)) : nil,
    ])
  }

  func describeAlarmsForMetric(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let key = try input.metricKey()
    let simple = try input.choice("Statistic", of: Statistic.simple.keys)
    let extended = try input.text("ExtendedStatistic", max: 255)
    let statistic = simple ?? extended
    let period = try input.integer("Period", in: 1...Int(Int32.max))
    let unit = try input.unit()
    let found = alarms.all.filter { alarm in
      guard case .metric(let metric) = alarm.source, metric.key == key else { return false }
      return (statistic ?? metric.statisticName) == metric.statisticName && (period ?? metric.period) == metric.period
        && (unit == nil || unit == metric.unit)
    }
    // This operation has no pages, so the alarms that would take too much work keep the state of their last evaluation.
    var work = 0
    return [
      "MetricAlarms": .array(
        found.map { alarm in
          work += alarm.evaluationWork
          return (work <= Self.workMax ? evaluated(alarm, now: now) : alarm).json
        })
    ]
  }

  func deleteAlarms(_ input: CloudWatchInput) throws(AWSFault) -> JSONValue {
    guard let names = try input.texts("AlarmNames", max: 100, length: 255), !names.isEmpty else {
      throw CloudWatchFault.missing("AlarmNames")
    }
    if let unknown = alarms.delete(names) { throw CloudWatchFault.notFound("The alarm \(unknown) does not exist.") }
    return [:]
  }

  /// Sets a state for one minute. After that, the metric determines the state again.
  func setAlarmState(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let name = try input.requiredText("AlarmName", max: 255)
    guard let text = try input.choice("StateValue", of: AlarmState.Value.allCases.map(\.rawValue)),
      let value = AlarmState.Value(rawValue: text)
    else { throw CloudWatchFault.missing("StateValue") }
    guard let reason = try input.text("StateReason", max: 1_023, min: 0) else { throw CloudWatchFault.missing("StateReason") }
    let data = try input.text("StateReasonData", max: 4_000, min: 0)
    if let data, (try? JSONValue(Array(data.utf8))) == nil {
      throw AWSFault(
        code: "InvalidFormatFault", message: "StateReasonData must be JSON.", status: 400, queryCode: "InvalidFormat")
    }
    guard var state = alarms.alarm(name)?.state else { throw CloudWatchFault.notFound("The alarm \(name) does not exist.") }
    state.change(to: value, reason: reason, at: now)
    state.reasonData = data
    state.heldUntil = now + 60
    alarms.setState(state, of: name)
    return [:]
  }

  private func evaluated(_ alarm: Alarm, now: Int) -> Alarm {
    var alarm = alarm
    alarm.state = AlarmEvaluation(store: store, now: now).state(of: alarm)
    alarms.setState(alarm.state, of: alarm.name)
    return alarm
  }
}

private struct AlarmFilter {
  private var names: Set<String>?
  private var prefix: String?
  private var actionPrefix: String?
  /// The emulator has no composite alarms.
  private var wantsMetricAlarms: Bool
  var state: AlarmState.Value?

  init(_ input: CloudWatchInput) throws(AWSFault) {
    names = try input.texts("AlarmNames", max: 100, length: 255).map(Set.init)
    prefix = try input.text("AlarmNamePrefix", max: 255)
    guard names == nil || prefix == nil else {
      throw input.invalid("AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.")
    }
    actionPrefix = try input.text("ActionPrefix", max: 1_024)
    state = try input.choice("StateValue", of: AlarmState.Value.allCases.map(\.rawValue)).flatMap(AlarmState.Value.init)
    let types = try input.texts("AlarmTypes", max: 2, length: 255) ?? ["MetricAlarm"]
    for type in types where type != "MetricAlarm" && type != "CompositeAlarm" { throw input.refuse("AlarmTypes", type) }
    // Only composite alarms have children and parents.
    wantsMetricAlarms = types.contains("MetricAlarm") && !input.has("ChildrenOfAlarmName") && !input.has("ParentsOfAlarmName")
  }

  func allows(_ alarm: Alarm) -> Bool {
    wantsMetricAlarms && names?.contains(alarm.name) != false && alarm.name.hasPrefix(prefix ?? "")
      && (actionPrefix.map { prefix in alarm.actions.contains { $0.hasPrefix(prefix) } } ?? true)
  }
}
