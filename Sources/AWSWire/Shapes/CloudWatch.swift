import Foundation

/// The identity of a CloudWatch series: namespace, name and dimensions.
package struct Metric: Sendable, Hashable, Codable {
  package struct Dimension: Sendable, Hashable, Codable {
    package var name: String
    package var value: String

    enum CodingKeys: String, CodingKey {
      case name = "Name"
      case value = "Value"
    }

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package var namespace: String?
  package var name: String?
  package var dimensions: [Dimension]?

  enum CodingKeys: String, CodingKey {
    case namespace = "Namespace"
    case name = "MetricName"
    case dimensions = "Dimensions"
  }

  package init(namespace: String, name: String, dimensions: [Dimension]) {
    self.namespace = namespace
    self.name = name
    self.dimensions = dimensions
  }
}

package struct MetricPage: Sendable, Codable {
  package var metrics: [Metric]?
  package var nextToken: String?

  enum CodingKeys: String, CodingKey {
    case metrics = "Metrics"
    case nextToken = "NextToken"
  }
}

/// A query of GetMetricData or of an alarm: a statistic of one metric, or an expression on the results of other queries.
package struct MetricDataQuery: Sendable, Hashable, Codable {
  package struct Stat: Sendable, Hashable, Codable {
    package var metric: Metric
    package var period: Int
    package var statistic: String

    enum CodingKeys: String, CodingKey {
      case metric = "Metric"
      case period = "Period"
      case statistic = "Stat"
    }
  }

  /// Starts with a lower-case letter.
  package var id: String
  package var stat: Stat?
  package var expression: String?
  /// What an expression is called where it is shown.
  package var label: String?
  /// Whether the result is part of the answer, or what an alarm watches; AWS takes nil for true.
  package var returnsData: Bool?

  enum CodingKeys: String, CodingKey {
    case id = "Id"
    case stat = "MetricStat"
    case expression = "Expression"
    case label = "Label"
    case returnsData = "ReturnData"
  }

  /// - Parameter period: seconds, 60 or a multiple of it.
  package init(id: String, metric: Metric, period: Int, statistic: String, returnsData: Bool? = nil) {
    self.id = id
    stat = Stat(metric: metric, period: period, statistic: statistic)
    self.returnsData = returnsData
  }

  package init(id: String, expression: String, label: String? = nil, returnsData: Bool) {
    (self.id, self.expression, self.label, self.returnsData) = (id, expression, label, returnsData)
  }
}

/// CloudWatch operations that read metrics, in awsJson1_0; those of alarms are in CloudWatchAlarms.swift.
///
/// Rates: ListMetrics 25 a second, GetMetricData 50 a second, per account and Region (CloudWatch service quotas).
package enum CloudWatchAPI {
  package static let wire = WireProtocol.json(version: "1.0", target: "GraniteServiceVersion20100801")
  /// Queries in one GetMetricData call (CloudWatch API reference, GetMetricData).
  package static let queriesMax = 500
  /// Datapoints in one reply of GetMetricData.
  package static let datapointsMax = 100_800

  package static func listMetrics(namespace: String, nextToken: String?) throws -> AWSOperation<MetricPage> {
    try operation(
      "ListMetrics", ListInput(Namespace: namespace, NextToken: nextToken), rate: RequestRate(perSecond: 25, burst: 25),
      decode: { try JSONDecoder().decode(MetricPage.self, from: $0) })
  }

  /// - Parameters:
  ///   - queries: at most ``queriesMax``.
  ///   - start: Unix seconds, inclusive.
  ///   - end: Unix seconds, exclusive.
  package static func getMetricData(
    _ queries: [MetricDataQuery], start: Int, end: Int, nextToken: String?
  ) throws -> AWSOperation<MetricDataPage> {
    let input = DataInput(
      MetricDataQueries: queries, StartTime: start, EndTime: end, NextToken: nextToken, ScanBy: "TimestampAscending")
    return try operation(
      "GetMetricData", input, rate: RequestRate(perSecond: 50, burst: 50), decode: { try MetricDataPage(json: $0) })
  }

  // Named as in AWS's JSON.
  private struct ListInput: Encodable {
    var Namespace: String
    var NextToken: String?
  }
  private struct DataInput: Encodable {
    var MetricDataQueries: [MetricDataQuery]
    var StartTime: Int
    var EndTime: Int
    var NextToken: String?
    var ScanBy: String
  }

  static func operation<Output: Sendable>(
    _ name: String, _ input: some Encodable, rate: RequestRate, decode: @escaping @Sendable (Data) throws -> Output
  ) throws -> AWSOperation<Output> {
    AWSOperation(
      service: .cloudWatch, name: name, wire: wire,
      request: wire.post(operation: name, json: try JSONEncoder().encode(input)), rate: rate, decode: decode)
  }
}
