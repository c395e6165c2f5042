import Testing

@testable import Gateway

@Suite struct TraceContextTests {
  private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test func aContextGoesOnAsItCame() throws {
    let context = try #require(TraceContext([("traceparent", Self.parent), ("tracestate", "a=1"), ("tracestate", "b@c=2")]))
    #expect(context.traceID == "0af7651916cd43dd8448eb211c80319c")
    #expect(context.headers.map(\.value) == [Self.parent, "a=1,b@c=2"])
  }

  @Test(arguments: [
    "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "\(parent)-x", "ff\(parent.dropFirst(2))",
    "0G\(parent.dropFirst(2))",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
    "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x", "01\(parent.dropFirst(2))-a\r\nb: c",
  ])
  func whatIsNotValidIsIgnored(parent: String) { #expect(TraceContext([("traceparent", parent)]) == nil) }

  @Test func aLaterVersionMayHaveMore() {
    #expect(TraceContext([("traceparent", "01\(Self.parent.dropFirst(2))-what.comes")]) != nil)
  }

  @Test(arguments: ["rojo=00f067aa0ba902b7", "fw529a3039@dt=FfAw,a_-*/b=x y", " a=1 ,,\tb=2\t"])
  func aStateGoesOnAsItCame(state: String) {
    #expect(TraceContext([("traceparent", Self.parent), ("tracestate", state)])?.tracestate == state)
  }

  @Test func twoParentsAreNone() {
    #expect(TraceContext([("traceparent", Self.parent), ("traceparent", Self.parent)]) == nil)
  }

  @Test(arguments: [
    "", "no member", "a=1\r\nx: y", String(repeating: "a=1,", count: 2_000), "A=1", "=1", "a=", "_a=1", "a=1=2", "a=1,b", "ä=1",
    "a=\t1",
    "a=\(String(repeating: "1", count: 257))", "\(String(repeating: "a", count: 257))=1",
    (0..<33).map { "a\($0)=1" }.joined(separator: ","),
  ])
  func aStateThatIsNotValidIsDropped(state: String) throws {
    let context = try #require(TraceContext([("traceparent", Self.parent), ("tracestate", state)]))
    #expect(context.tracestate == nil)
  }
}
