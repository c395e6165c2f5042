import Bedquota
import Testing
import Tracing

struct TraceSamplerTests {
  @Test(
    arguments: [
      (TraceSampler(), nil, true), (TraceSampler(), false, false), (TraceSampler(followsParent: true, root: .never), true, true),
      (TraceSampler(followsParent: true, root: .never), nil, false),
      (TraceSampler(followsParent: false, root: .always), false, true),
      (TraceSampler(followsParent: false, root: .never), true, false),
    ] as [(TraceSampler, Bool?, Bool)])
  func parents(_ sampler: TraceSampler, _ parent: Bool?, _ samples: Bool) {
    #expect(sampler.samples(low: 1, parent: parent) == samples)
  }

  @Test(
    arguments: [
      (0, 0, false), (1, UInt64.max, true), (0.5, 0, true), (0.5, (1 << 63) - 1, true), (0.5, 1 << 63, false), (0.5, .max, false),
      (0.25, (1 << 62) - 1, true), (0.25, 1 << 62, false),
    ] as [(Double, UInt64, Bool)])
  func ratios(_ ratio: Double, _ low: UInt64, _ samples: Bool) {
    #expect(TraceSampler(followsParent: false, root: .ratio(ratio)).samples(low: low, parent: nil) == samples)
  }

  @Test func aShareOfManyTracesIsRecorded() {
    let queue = SpanQueue(spansMax: 10_000)
    let tracer = OTLPTracer(queue: queue, sampler: TraceSampler(root: .ratio(0.5)))
    for _ in 0..<4_000 { tracer.startSpan("a", context: .topLevel).end() }
    #expect((1_700...2_300).contains(queue.count))
  }

  @Test func aSpanThatIsNotSampledPassesItsIdentityOn() throws {
    let queue = SpanQueue()
    let tracer = OTLPTracer(queue: queue, sampler: TraceSampler(root: .never))
    let span = tracer.startSpan("a", context: .topLevel)
    span.attributes["a"] = "b"
    span.addEvent("c")
    #expect(!span.isRecording && span.attributes.isEmpty)
    let child = tracer.startSpan("b", context: span.context)
    child.end()
    span.end()
    let identity = try #require(child.context.spanIdentity)
    #expect(identity.traceID == span.context.spanIdentity?.traceID && identity.traceparent.hasSuffix("-00"))
    #expect(queue.count == 0)
  }
}
