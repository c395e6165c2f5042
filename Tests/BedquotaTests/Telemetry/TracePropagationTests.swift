import Bedquota
import Testing
import Tracing

/// W3C's headers. Source of the examples: w3.org/TR/trace-context-2/
struct TracePropagationTests {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let parent = "00-\(trace)-b7ad6b7169203331-01"
  private let queue = SpanQueue()

  private struct Carrier: Extractor, Injector {
    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
  }

  private func context(_ headers: [String: String], propagates: Bool = true) -> ServiceContext {
    var context = ServiceContext.topLevel
    OTLPTracer(queue: queue, propagates: propagates).extract(headers, into: &context, using: Carrier())
    return context
  }

  private func headers(_ context: ServiceContext, propagates: Bool = true) -> [String: String] {
    var headers: [String: String] = [:]
    OTLPTracer(queue: queue, propagates: propagates).inject(context, into: &headers, using: Carrier())
    return headers
  }

  @Test func aTraceGoesOn() throws {
    let incoming = context(["traceparent": Self.parent, "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"])
    let span = OTLPTracer(queue: queue).startSpan("a", context: incoming, ofKind: .server)
    span.end()
    let outgoing = headers(span.context)
    let identity = try #require(span.context.spanIdentity)
    #expect(outgoing["traceparent"] == "00-\(Self.trace)-\(identity.spanID)-01" && identity.spanID != "b7ad6b7169203331")
    #expect(outgoing["tracestate"] == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
    let finished = try #require(queue.takeBatch().first)
    #expect(finished.parent?.spanID == "b7ad6b7169203331" && finished.parent?.isRemote == true && !finished.identity.isRemote)
  }

  @Test func aNewTraceHasIdsOfItsOwn() throws {
    let tracer = OTLPTracer(queue: queue)
    let identities = (0..<100).compactMap { _ in tracer.startSpan("a", context: .topLevel).context.spanIdentity }
    #expect(Set(identities.map(\.traceID)).count == 100 && Set(identities.map(\.spanID)).count == 100)
    #expect(identities.allSatisfy { $0.traceID.count == 32 && $0.spanID.count == 16 && $0.isSampled && $0.state == nil })
  }

  @Test func withoutASpanNothingIsSent() { #expect(headers(.topLevel).isEmpty) }

  @Test func propagationCanBeTurnedOff() {
    #expect(context(["traceparent": Self.parent], propagates: false).spanIdentity == nil)
    #expect(headers(context(["traceparent": Self.parent]), propagates: false).isEmpty)
  }

  @Test(arguments: [
    (parent, "01"), ("00-\(trace)-b7ad6b7169203331-00", "00"), ("00-\(trace)-b7ad6b7169203331-03", "03"),
    // Unknown flags end here.
    ("00-\(trace)-b7ad6b7169203331-ff", "03"), ("01-\(trace)-b7ad6b7169203331-01", "01"),
    ("cc-\(trace)-b7ad6b7169203331-01-what-the-future-brings", "01"),
  ])
  func validParents(_ text: String, _ flags: String) {
    #expect(SpanIdentity(traceparent: text)?.traceparent == "00-\(Self.trace)-b7ad6b7169203331-\(flags)")
  }

  @Test(arguments: [
    "", "00", "00-\(trace)-b7ad6b7169203331", "00-\(trace)-b7ad6b7169203331-1", "00-\(trace)-b7ad6b7169203331-01-x",
    "00-\(trace)-b7ad6b7169203331-01 ", " 00-\(trace)-b7ad6b7169203331-01", "ff-\(trace)-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(trace)-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-\(trace)-b7ad6b716920333g-01",
    "00_\(trace)_b7ad6b7169203331_01", "0-\(trace)-b7ad6b7169203331-001", "01-\(trace)-b7ad6b7169203331-01x",
    "00-\(trace)-b7ad6b7169203331-é", "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    String(repeating: "0", count: 100_000),
  ])
  func invalidParentsBeginATrace(_ text: String) {
    #expect(SpanIdentity(traceparent: text) == nil)
    #expect(context(["traceparent": text, "tracestate": "a=b"]).spanIdentity == nil)
  }

  @Test(arguments: [
    ("a=b", true), ("a=b,,c=d , e=f", true), ("fw529a3039@dt=FfAw", true), ("0a=b", true), ("", false), (",", false),
    ("A=b", false), ("a=", false), ("a=b=c", false), ("a", false), ("@a=b", false), ("a=é", false), ("a=\u{7}", false),
    ((0..<33).map { "k\($0)=v" }.joined(separator: ","), false), ("a=" + String(repeating: "x", count: 257), false),
  ])
  func states(_ text: String, _ isValid: Bool) {
    #expect(SpanIdentity(traceparent: Self.parent, tracestate: text)?.state == (isValid ? text : nil))
  }
}
