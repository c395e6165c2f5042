import AWSWire
package import Foundation

/// Metrics as the JSON of an `ExportMetricsServiceRequest`.
///
/// Sources: opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and github.com/open-telemetry/opentelemetry-proto,
/// `metrics/v1/metrics.proto`.
package struct OTLPMetrics: Sendable {
  package var resource: [OTLPAttribute]
  /// Unix nanoseconds; for series that name no start of their own.
  package var start: UInt64
  /// When the figures were read.
  package var now: UInt64

  package init(resource: [OTLPAttribute], start: UInt64, now: UInt64) {
    (self.resource, self.start, self.now) = (resource, start, now)
  }

  /// Collectors take no more than some megabytes at once; a series has about half a kilobyte.
  private static let pointsMax = 5_000

  /// Requests for all metrics that have a series, with how many each of them has.
  package func bodies(_ metrics: [(scope: OTLPScope, metric: OTLPMetric)]) -> [(body: Data, points: Int)] {
    var bodies: [(body: Data, points: Int)] = []
    var part: [(scope: OTLPScope, metric: OTLPMetric)] = []
    var points = 0
    for metric in metrics where metric.metric.count > 0 {
      if !part.isEmpty, points + metric.metric.count > Self.pointsMax {
        bodies.append((body(part), points))
        (part, points) = ([], 0)
      }
      part.append(metric)
      points += metric.metric.count
    }
    if !part.isEmpty { bodies.append((body(part), points)) }
    return bodies
  }

  package func body(_ metrics: [(scope: OTLPScope, metric: OTLPMetric)]) -> Data {
    var scopes: [OTLPScope] = []
    for metric in metrics where !scopes.contains(metric.scope) { scopes.append(metric.scope) }
    let parts: [JSONValue] = scopes.map { scope in
      ["scope": scope.json, "metrics": .array(metrics.filter { $0.scope == scope }.map { json($0.metric) })]
    }
    let request: JSONValue = [
      "resourceMetrics": [["resource": ["attributes": resource.json], "scopeMetrics": .array(parts)]]
    ]
    return request.data
  }

  private static let cumulative: JSONValue = 2

  private func json(_ metric: OTLPMetric) -> JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(metric.name))]
    if !metric.help.isEmpty { members.append(.init("description", .string(metric.help))) }
    if !metric.unit.isEmpty { members.append(.init("unit", .string(metric.unit))) }
    switch metric.points {
    case .sum(let points, let isMonotonic):
      let sum: JSONValue = [
        "dataPoints": .array(points.map { json($0, hasStart: true) }), "aggregationTemporality": Self.cumulative,
        "isMonotonic": .bool(isMonotonic),
      ]
      members.append(.init("sum", sum))
    case .gauge(let points):
      members.append(.init("gauge", ["dataPoints": .array(points.map { json($0, hasStart: false) })]))
    case .histogram(let points):
      let histogram: JSONValue = ["dataPoints": .array(points.map(json)), "aggregationTemporality": Self.cumulative]
      members.append(.init("histogram", histogram))
    }
    return .object(members)
  }

  private func head(_ attributes: [OTLPAttribute], _ start: UInt64?) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [.init("attributes", attributes.json)]
    if let start { members.append(.init("startTimeUnixNano", .protobuf(start))) }
    members.append(.init("timeUnixNano", .protobuf(now)))
    return members
  }

  private func json(_ point: OTLPMetric.Point<OTLPMetric.Number>, hasStart: Bool) -> JSONValue {
    var members = head(point.attributes, hasStart ? point.start ?? start : nil)
    switch point.value {
    case .int(let value): members.append(.init("asInt", .string(String(value))))
    case .double(let value): members.append(.init("asDouble", .protobuf(value)))
    }
    return .object(members)
  }

  private func json(_ point: OTLPMetric.Point<OTLPMetric.Histogram>) -> JSONValue {
    let histogram = point.value
    var members = head(point.attributes, point.start ?? start)
    members.append(.init("count", .protobuf(histogram.count)))
    if let sum = histogram.sum, sum.isFinite { members.append(.init("sum", .number(sum))) }
    if !histogram.counts.isEmpty {
      members.append(.init("bucketCounts", .array(histogram.counts.map { .protobuf($0) })))
      members.append(.init("explicitBounds", .array(histogram.bounds.map { .number($0) })))
    }
    return .object(members)
  }
}
