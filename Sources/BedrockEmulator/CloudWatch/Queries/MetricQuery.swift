import AWSServer
import AWSWire

/// One query of GetMetricData, or of an alarm on several metrics.
struct MetricQuery: Sendable {
  struct Metric: Sendable {
    var key: MetricKey
    var period: Int
    var statistic: Statistic
    var statisticName: String
    var unit: String?

    var request: SeriesRequest { SeriesRequest(key: key, unit: unit, wantsPercentiles: statistic.isPercentile) }
  }

  enum Source: Sendable {
    case metric(Metric)
    /// The text and its parsed form; nil if the emulator doesn't support it.
    case expression(String, MetricMath?)
  }

  var id: String
  var source: Source
  var label: String?
  var returnsData: Bool
  var period: Int?
  var accountID: String?

  /// - Parameter keepsUnsupported: whether to keep expressions that aren't supported as texts, instead of refusing them.
  init(_ input: CloudWatchInput, keepsUnsupported: Bool) throws(AWSFault) {
    id = try input.requiredText("Id", max: 255)
    let letters = id.utf8
    guard let first = letters.first, (97...122).contains(first),
      letters.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") })
    else {
      throw input.invalid(
        "The value \(id.prefix(100)) for parameter \(input.path)Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.")
    }
    label = try input.text("Label", max: 2_048, min: 0)
    returnsData = try input.flag("ReturnData") ?? true
    period = try input.period()
    accountID = try input.text("AccountId", max: 255)
    switch (try input.structure("MetricStat"), try input.text("Expression", max: 2_048)) {
    case (let stat?, nil): source = .metric(try Metric(stat))
    case (nil, let text?):
      let math = try? MetricMath(text)
      guard math != nil || keepsUnsupported else {
        throw CloudWatchFault.validation("The emulator does not evaluate the expression '\(text.prefix(200))' of \(id).")
      }
      source = .expression(text, math)
    default: throw input.invalid("Exactly one of \(input.path)MetricStat and \(input.path)Expression must be specified.")
    }
  }

  var json: JSONValue {
    var metric: Metric?
    var expression: String?
    switch source {
    case .metric(let found): metric = found
    case .expression(let text, _): expression = text
    }
    return .object([
      "Id": .string(id), "MetricStat": metric?.json, "Expression": expression.map(JSONValue.string),
      "Label": label.map(JSONValue.string), "ReturnData": .bool(returnsData), "Period": period.map(JSONValue.integer),
      "AccountId": accountID.map(JSONValue.string),
    ])
  }
}

extension MetricQuery.Metric {
  init(_ stat: CloudWatchInput) throws(AWSFault) {
    guard let metric = try stat.structure("Metric") else { throw CloudWatchFault.missing(stat.path + "Metric") }
    key = try metric.metricKey()
    guard let period = try stat.period() else { throw CloudWatchFault.missing(stat.path + "Period") }
    self.period = period
    statisticName = try stat.requiredText("Stat", max: 255)
    statistic = try Statistic(statisticName, invalid: stat.invalid)
    unit = try stat.unit()
  }

  var json: JSONValue {
    .object([
      "Metric": key.json, "Period": .integer(period), "Stat": .string(statisticName), "Unit": unit.map(JSONValue.string),
    ])
  }
}
