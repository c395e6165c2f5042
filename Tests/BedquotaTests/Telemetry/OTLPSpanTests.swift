import Bedquota
import Testing
import Tracing

struct OTLPSpanTests {
  private let queue = SpanQueue()

  private struct Secret: Error, CustomStringConvertible {
    var description: String { "the prompt was sekrit" }
  }

  private func span(_ limits: SpanLimits = SpanLimits(), at start: UInt64 = 1_000) -> OTLPSpan {
    OTLPTracer(queue: queue, limits: limits).startSpan(
      "a", context: .topLevel, ofKind: .client, at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: start))
  }

  private var ended: FinishedSpan { get throws { try #require(queue.takeBatch().first) } }

  @Test func aSpanIsQueuedOnceItEnds() throws {
    let span = span()
    span.operationName = "b"
    span.attributes["n"] = 3
    span.setStatus(.init(code: .error, message: "m"))
    #expect(span.isRecording && queue.count == 0)
    span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 2_000))
    span.attributes["n"] = 4
    span.operationName = "c"
    span.end()
    let finished = try ended
    #expect(!span.isRecording && queue.count == 0)
    #expect(finished.name == "b" && finished.start == 1_000 && finished.end == 2_000 && finished.kind == .client)
    #expect(finished.attributes == ["n": 3] && finished.status == .init(code: .error, message: "m"))
  }

  @Test func aClockThatWasSetBackMakesNoNegativeTime() throws {
    span(at: 5_000).end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 4_000))
    let finished = try ended
    #expect(finished.end == finished.start)
  }

  @Test func whatIsWellStaysSo() throws {
    let span = span()
    span.setStatus(.init(code: .error, message: "m"))
    span.setStatus(.init(code: .ok, message: "ignored"))
    span.setStatus(.init(code: .error))
    span.end()
    #expect(try ended.status == .init(code: .ok))
  }

  @Test func ofAnErrorTheTypeIsKept() throws {
    let span = span()
    span.recordError(Secret())
    span.end()
    let event = try #require(try ended.events.first)
    #expect(event.name == "exception" && !"\(event)".contains("sekrit"))
    #expect(event.attributes.get("exception.type")?.description.contains("Secret") == true)
  }

  @Test func attributesAreBounded() throws {
    var limits = SpanLimits()
    (limits.attributes, limits.valueLength) = (2, 3)
    let span = span(limits)
    span.attributes["z"] = "äöüß"
    span.updateAttributes {
      $0["c"] = 1
      $0["b"] = ["abcd", "e"]
      $0[String(repeating: "n", count: 257)] = 1
    }
    span.end()
    let finished = try ended
    // What was there first stays.
    #expect(finished.attributes == ["z": "äöü", "b": .stringArray(["abc", "e"])] && finished.droppedAttributes == 2)
  }

  @Test func listsAreBounded() throws {
    let span = span()
    span.attributes["l"] = (0..<1_000).map { "\($0)" }
    span.attributes["s"] = String(repeating: "x", count: 10_000)
    span.end()
    let attributes = try ended.attributes
    guard case .stringArray(let list) = attributes.get("l"), case .string(let text) = attributes.get("s") else {
      return #expect(Bool(false))
    }
    #expect(list.count == 128 && text.count == 4_096)
  }

  @Test func eventsAndLinksAreBounded() throws {
    var limits = SpanLimits()
    (limits.events, limits.links, limits.eventAttributes, limits.linkAttributes) = (1, 1, 1, 0)
    let span = span(limits)
    for name in ["a", "b", "c"] {
      span.addEvent(SpanEvent(name: name, attributes: ["x": 1, "y": 2]))
      span.addLink(SpanLink(context: span.context, attributes: ["x": 1]))
    }
    // Of no span.
    span.addLink(SpanLink(context: .topLevel, attributes: [:]))
    span.end()
    let finished = try ended
    #expect(finished.events.map(\.name) == ["a"] && finished.droppedEvents == 2)
    #expect(finished.events[0].attributes == ["x": 1] && finished.events[0].droppedAttributes == 1)
    #expect(finished.links.count == 1 && finished.droppedLinks == 2 && finished.links[0].droppedAttributes == 1)
  }
}

extension SpanAttribute {
  fileprivate var description: String { if case .string(let text) = self { text } else { "" } }
}
