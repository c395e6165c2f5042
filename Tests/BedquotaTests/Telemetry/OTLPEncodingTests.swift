import AWSWire
import Bedquota
import Foundation
import Testing
import Tracing

/// The JSON of OTLP. `Tests/clients/otlp_collector.py` compares it with the official schema.
///
/// Source of the shapes: github.com/open-telemetry/opentelemetry-proto, `examples/trace.json` and `examples/metrics.json`.
struct OTLPEncodingTests {
  private let resource = [OTLPAttribute("service.name", .string("my.service"))]
  private let identity = SpanIdentity(
    high: 0x5B8E_FFF7_9803_8103, low: 0xD269_B633_813F_C60C, span: 0xEEE1_9B7E_C3C1_B174, flags: 1)

  private func first(_ value: JSONValue?, _ names: String...) -> JSONValue? {
    names.reduce(value) { value, name in value?[name]?.array?.first ?? value?[name] }
  }

  private func spans(_ spans: [FinishedSpan]) throws -> [JSONValue] {
    let body = try JSONValue(OTLPTraces.body(spans, resource: resource))
    return first(body, "resourceSpans", "scopeSpans")?["spans"]?.array ?? []
  }

  @Test func aSpanIsAsTheExampleHasIt() throws {
    let parent = SpanIdentity(high: identity.high, low: identity.low, span: 0xEEE1_9B7E_C3C1_B173, flags: 1, isRemote: true)
    var span = FinishedSpan(
      name: "I'm a server span", identity: identity, parent: parent, kind: .server, start: 1_544_712_660_000_000_000,
      end: 1_544_712_661_000_000_000)
    span.attributes = ["my.span.attr": "some value"]
    let body = String(
      decoding: OTLPTraces.body([span], resource: resource, scope: OTLPScope("my.library", version: "1.0.0")), as: UTF8.self)
    #expect(
      body == """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},\
        "scopeSpans":[{"scope":{"name":"my.library","version":"1.0.0"},"spans":[\
        {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","parentSpanId":"eee19b7ec3c1b173","flags":769,\
        "name":"I'm a server span","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000",\
        "attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}}]}]}]}]}
        """)
  }

  @Test func valuesHaveTheTypesOfProtobuf() throws {
    var span = FinishedSpan(name: "a", identity: identity, kind: .internal, start: 1)
    span.attributes = [
      "a": .int64(.max), "b": 1.5, "c": true, "d": "é\"\u{1}", "e": .int64Array([1, -2]), "f": .double(.nan),
      "g": .double(-.infinity),
      "h": .doubleArray([]), "i": .int32(3), "j": .stringConvertible(SpanIdentity.sampled),
    ]
    let attributes = try spans([span]).first?["attributes"]?.array ?? []
    let expected: [JSONValue] = [
      ["intValue": "9223372036854775807"], ["doubleValue": 1.5], ["boolValue": true], ["stringValue": "é\"\u{1}"],
      ["arrayValue": ["values": [["intValue": "1"], ["intValue": "-2"]]]], ["doubleValue": "NaN"], ["doubleValue": "-Infinity"],
      ["arrayValue": ["values": []]], ["intValue": "3"], ["stringValue": "1"],
    ]
    #expect(attributes.compactMap { $0["value"] } == expected)
    #expect(attributes.compactMap { $0["key"]?.string } == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
  }

  @Test(arguments: [(SpanKind.internal, 1), (.server, 2), (.client, 3), (.producer, 4), (.consumer, 5)])
  func kinds(_ kind: SpanKind, _ number: Int) throws {
    #expect(try spans([FinishedSpan(name: "a", identity: identity, kind: kind, start: 1)]).first?["kind"]?.integer == number)
  }

  @Test func eventsLinksAndStatus() throws {
    var span = FinishedSpan(name: "a", identity: identity, kind: .internal, start: 1)
    span.events = [.init(name: "e", time: 5, attributes: ["x": 1], droppedAttributes: 2)]
    span.links = [
      .init(identity: SpanIdentity(high: 0, low: 1, span: 2, flags: 1, state: "a=b", isRemote: true), attributes: [:])
    ]
    (span.droppedEvents, span.droppedLinks, span.droppedAttributes) = (3, 4, 5)
    span.status = SpanStatus(code: .error, message: "m")
    let json = try #require(try spans([span]).first)
    #expect(json["parentSpanId"] == nil && json["traceState"] == nil && json["flags"]?.integer == 257)
    #expect(
      json["events"] == [
        [
          "timeUnixNano": "5", "name": "e", "attributes": [["key": "x", "value": ["intValue": "1"]]], "droppedAttributesCount": 2,
        ]
      ])
    #expect(
      json["links"] == [
        [
          "traceId": "00000000000000000000000000000001", "spanId": "0000000000000002", "traceState": "a=b", "attributes": [],
          "flags": 769,
        ]
      ])
    #expect(json["droppedEventsCount"]?.integer == 3 && json["droppedLinksCount"]?.integer == 4)
    #expect(json["droppedAttributesCount"]?.integer == 5 && json["status"] == ["message": "m", "code": 2])
    span.status = SpanStatus(code: .ok)
    #expect(try spans([span]).first?["status"] == ["code": 1])
  }

  // MARK: - Metrics

  private func metrics(_ metrics: [OTLPMetric]) throws -> [JSONValue] {
    let body = OTLPMetrics(resource: resource, start: 10, now: 20).body(metrics.map { (.library, $0) })
    return first(try JSONValue(body), "resourceMetrics", "scopeMetrics")?["metrics"]?.array ?? []
  }

  private let attributes = [OTLPAttribute("my.counter.attr", .string("some value"))]

  @Test func sumsAreCumulative() throws {
    let metric = OTLPMetric(
      "my.counter", unit: "1", help: "I am a Counter", .sum([.init(attributes, .double(5))], isMonotonic: true))
    #expect(
      try metrics([metric]) == [
        [
          "name": "my.counter", "description": "I am a Counter", "unit": "1",
          "sum": [
            "dataPoints": [
              [
                "attributes": [["key": "my.counter.attr", "value": ["stringValue": "some value"]]], "startTimeUnixNano": "10",
                "timeUnixNano": "20", "asDouble": 5,
              ]
            ], "aggregationTemporality": 2, "isMonotonic": true,
          ],
        ]
      ])
  }

  @Test func gaugesHaveNoStart() throws {
    let metric = OTLPMetric("g", .gauge([.init([], start: 3, .int(-10))]))
    #expect(
      try metrics([metric]) == [
        ["name": "g", "gauge": ["dataPoints": [["attributes": [], "timeUnixNano": "20", "asInt": "-10"]]]]
      ])
  }

  @Test func histogramsHaveOneMoreCountThanBounds() throws {
    let whole = OTLPMetric.Histogram(bounds: [1, 2.5], counts: [1, 0, 3], count: 4, sum: 30)
    let bare = OTLPMetric.Histogram(bounds: [], counts: [], count: 4, sum: nil)
    let metric = OTLPMetric("h", .histogram([.init([], start: 3, whole), .init([], bare)]))
    #expect(
      try metrics([metric]) == [
        [
          "name": "h",
          "histogram": [
            "dataPoints": [
              [
                "attributes": [], "startTimeUnixNano": "3", "timeUnixNano": "20", "count": "4", "sum": 30,
                "bucketCounts": ["1", "0", "3"], "explicitBounds": [1, 2.5],
              ], ["attributes": [], "startTimeUnixNano": "10", "timeUnixNano": "20", "count": "4"],
            ], "aggregationTemporality": 2,
          ],
        ]
      ])
  }

  @Test func scopesAreApart() throws {
    let metric = OTLPMetric("g", .gauge([.init([], .int(1))]))
    let body = OTLPMetrics(resource: resource, start: 1, now: 2).body([
      (.library, metric), (OTLPScope("other", version: "2"), metric),
    ])
    let scopes = first(try JSONValue(body), "resourceMetrics")?["scopeMetrics"]?.array ?? []
    #expect(scopes.compactMap { $0["scope"]?["name"]?.string } == ["bedquota", "other"])
  }

  @Test func manySeriesTakeSeveralRequests() {
    let encoder = OTLPMetrics(resource: resource, start: 1, now: 2)
    let big = OTLPMetric("b", .gauge((0..<3_000).map { .init([], .int($0)) }))
    let none = OTLPMetric("n", .gauge([]))
    #expect(
      encoder.bodies([(.library, big), (.library, none), (.library, big), (.library, big)]).map(\.points) == [
        3_000, 3_000, 3_000,
      ])
    #expect(encoder.bodies([(.library, none)]).isEmpty && encoder.bodies([]).isEmpty)
  }
}
