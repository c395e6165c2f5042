import AWSServer
import AWSWire
import BedrockQuotas

extension CloudWatchService {
  private static let datapointsMax = 1_440

  func metricStatistics(_ input: CloudWatchInput, now: Int) throws(AWSFault) -> JSONValue {
    let key = try input.metricKey()
    let unit = try input.unit()
    let (start, end) = try Self.range(input)
    guard let period = try input.period() else { throw CloudWatchFault.missing("Period") }
    let (names, statistics) = try Self.statistics(input)
    // AWS counts possible datapoints, whether they exist or not.
    let asked = (end - start + period - 1) / period
    guard asked <= Self.datapointsMax else {
      throw CloudWatchFault.invalidCombination(
        "You have requested up to \(NumberText.grouped(asked)) datapoints, which exceeds the limit of 1,440. You may reduce the datapoints "
          + "requested by increasing Period, or decreasing the time range.")
    }
    let window = MetricWindow(start: start, end: end, period: period, now: now, earliest: store.earliest(now: now))
    let request = SeriesRequest(key: key, unit: unit, wantsPercentiles: statistics.contains(where: \.isPercentile))
    var points: [JSONValue] = []
    for (unit, readings) in store.read([request], in: window).first ?? [] {
      for point in readings { points.append(Self.json(point, unit: unit, names, statistics)) }
    }
    return ["Label": .string(key.name), "Datapoints": .array(points)]
  }

  /// StartTime and EndTime, in seconds since 1970; the start is before the end.
  static func range(_ input: CloudWatchInput) throws(AWSFault) -> (start: Int, end: Int) {
    guard let start = try input.time("StartTime") else { throw CloudWatchFault.missing("StartTime") }
    guard let end = try input.time("EndTime") else { throw CloudWatchFault.missing("EndTime") }
    guard start < end else { throw input.invalid("The parameter StartTime must be less than the parameter EndTime.") }
    return (start, end)
  }

  private static func statistics(_ input: CloudWatchInput) throws(AWSFault) -> (names: [String], statistics: [Statistic]) {
    let simple = try input.texts("Statistics", max: 5, length: 255) ?? []
    for name in simple where Statistic.simple[name] == nil { throw input.refuse("Statistics", name) }
    let extended = try input.texts("ExtendedStatistics", max: 10, length: 255) ?? []
    guard !simple.isEmpty || !extended.isEmpty else {
      throw CloudWatchFault.invalidCombination(
        "At least one of the parameters Statistics and ExtendedStatistics must be specified.")
    }
    for name in extended where Statistic.simple[name] != nil { throw input.refuse("ExtendedStatistics", name) }
    var statistics: [Statistic] = []
    for name in simple + extended { statistics.append(try Statistic(name, invalid: input.invalid)) }
    return (simple + extended, statistics)
  }

  private static func json(_ point: Datapoint, unit: String, _ names: [String], _ statistics: [Statistic]) -> JSONValue {
    var members = [JSONValue.Member("Timestamp", .integer(point.time))]
    var extended: [JSONValue.Member] = []
    for (name, statistic) in zip(names, statistics) {
      guard let value = statistic.value(of: point) else { continue }
      let member = JSONValue.Member(name, JSONValue(statistic: value))
      if statistic.isPercentile { extended.append(member) } else { members.append(member) }
    }
    members.append(JSONValue.Member("Unit", .string(unit)))
    if !extended.isEmpty { members.append(JSONValue.Member("ExtendedStatistics", .object(extended))) }
    return .object(members)
  }
}
