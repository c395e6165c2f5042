import AWSWire
package import Foundation
import Tracing

/// Spans as the JSON of an `ExportTraceServiceRequest`.
///
/// Sources: opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and github.com/open-telemetry/opentelemetry-proto,
/// `trace/v1/trace.proto`.
package enum OTLPTraces {
  package static func body(_ spans: [FinishedSpan], resource: [OTLPAttribute], scope: OTLPScope = .library) -> Data {
    let request: JSONValue = [
      "resourceSpans": [
        [
          "resource": ["attributes": resource.json],
          "scopeSpans": [["scope": scope.json, "spans": .array(spans.map(json))]],
        ]
      ]
    ]
    return request.data
  }

  private static func json(_ span: FinishedSpan) -> JSONValue {
    var members = identity(span.identity)
    func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
    if let parent = span.parent {
      add("parentSpanId", .string(parent.spanID))
    }
    add("flags", .integer(span.flags))
    add("name", .string(span.name))
    add("kind", .integer(kind(span.kind)))
    add("startTimeUnixNano", .protobuf(span.start))
    add("endTimeUnixNano", .protobuf(span.end))
    add("attributes", OTLPAttribute.all(of: span.attributes).json)
    if span.droppedAttributes > 0 { add("droppedAttributesCount", .integer(span.droppedAttributes)) }
    if !span.events.isEmpty { add("events", .array(span.events.map(json))) }
    if span.droppedEvents > 0 { add("droppedEventsCount", .integer(span.droppedEvents)) }
    if !span.links.isEmpty { add("links", .array(span.links.map(json))) }
    if span.droppedLinks > 0 { add("droppedLinksCount", .integer(span.droppedLinks)) }
    if let status = span.status { add("status", json(status)) }
    return .object(members)
  }

  private static func identity(_ identity: SpanIdentity) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("traceId", .string(identity.traceID)), .init("spanId", .string(identity.spanID)),
    ]
    if let state = identity.state { members.append(.init("traceState", .string(state))) }
    return members
  }

  private static func json(_ event: FinishedSpan.Event) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("timeUnixNano", .protobuf(event.time)), .init("name", .string(event.name)),
      .init("attributes", OTLPAttribute.all(of: event.attributes).json),
    ]
    if event.droppedAttributes > 0 { members.append(.init("droppedAttributesCount", .integer(event.droppedAttributes))) }
    return .object(members)
  }

  private static func json(_ link: FinishedSpan.Link) -> JSONValue {
    var members = identity(link.identity)
    members.append(.init("attributes", OTLPAttribute.all(of: link.attributes).json))
    if link.droppedAttributes > 0 { members.append(.init("droppedAttributesCount", .integer(link.droppedAttributes))) }
    members.append(.init("flags", .integer(link.identity.protobufFlags)))
    return .object(members)
  }

  private static func json(_ status: SpanStatus) -> JSONValue {
    switch status.code {
    case .ok: ["code": 1]
    case .error: status.message.map { ["message": .string($0), "code": 2] } ?? ["code": 2]
    }
  }

  private static func kind(_ kind: SpanKind) -> Int {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }
}
