import Testing

@testable import Gateway

struct RelayHeadersTests {
  private typealias Headers = [(name: String, value: String)]

  private func lines(_ headers: [(name: String, value: String)]) -> [String] { headers.map { "\($0.name): \($0.value)" } }

  @Test func aRequestOfBoto3() {
    let kept = RelayHeaders.upstream(from: [
      ("host", "127.0.0.1:4000"), ("accept-encoding", "identity"), ("content-type", "application/json"),
      ("user-agent", "Boto3/1.43"), ("x-amz-date", "20261129T000000Z"), ("x-amz-security-token", "t"),
      ("authorization", "AWS4-HMAC-SHA256 …"), ("amz-sdk-invocation-id", "1"), ("amz-sdk-request", "attempt=1"),
      ("x-amzn-bedrock-trace", "ENABLED"), ("content-length", "2"), ("expect", "100-continue"),
    ])
    #expect(
      lines(kept) == [
        "content-type: application/json", "user-agent: Boto3/1.43", "amz-sdk-invocation-id: 1", "amz-sdk-request: attempt=1",
        "x-amzn-bedrock-trace: ENABLED", "accept-encoding: identity",
      ])
  }

  @Test func aRequestOfClaudeCodeBehindAProxy() {
    let kept = RelayHeaders.upstream(from: [
      ("X-Api-Key", "secret"), ("anthropic-version", "2023-06-01"), ("anthropic-beta", "a"), ("anthropic-beta", "b"),
      ("X-Stainless-Timeout", "600"), ("x-claude-code-session-id", "1"), ("x-bedquota-max-wait", "5"), ("cookie", "a=b"),
      ("forwarded", "for=1"), ("x-forwarded-for", "1.2.3.4"), ("x-real-ip", "1.2.3.4"), ("te", "trailers"),
      ("connection", "keep-alive, X-Custom"), ("x-custom", "1"), ("keep-alive", "5"), ("proxy-authorization", "Basic x"),
      ("accept-encoding", "gzip"), ("x-amz-content-sha256", "0"), ("upgrade", "h2c"), ("http2-settings", "x"),
      ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ])
    #expect(
      lines(kept) == [
        "anthropic-version: 2023-06-01", "anthropic-beta: a", "anthropic-beta: b",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "accept-encoding: identity",
      ])
  }

  @Test func theContextOfATracePassesIfItIsValid() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    func kept(_ headers: Headers) -> [String] { lines(RelayHeaders.upstream(from: headers)).dropLast() }
    #expect(kept([("Traceparent", parent), ("tracestate", "a=1")]) == ["traceparent: \(parent)", "tracestate: a=1"])
    #expect(kept([("traceparent", parent), ("tracestate", "A=1")]) == ["traceparent: \(parent)"])
    #expect(kept([("traceparent", "00-1"), ("tracestate", "a=1")]) == [])
    #expect(kept([("tracestate", "a=1")]) == [])
    #expect(kept([("traceparent", parent), ("connection", "traceparent")]) == [])
    #expect(kept([("traceparent", parent), ("traceparent", parent)]) == [])
  }

  @Test(arguments: [true, false]) func aReplyPassesAsItIs(keepsLength: Bool) {
    let kept = RelayHeaders.downstream(
      from: [
        ("Date", "now"), ("Content-Type", "application/json"), ("Content-Length", "2"), ("Connection", "close, x-hop"),
        ("X-Hop", "1"), ("x-amzn-RequestId", "1"), ("X-Amzn-Bedrock-Input-Token-Count", "5"), ("Transfer-Encoding", "chunked"),
        ("Retry-After", "3"), ("x-should-retry", "true"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Trailer", "x"),
        ("Proxy-Authenticate", "Basic"), ("Alt-Svc", "h3=\":443\""),
      ], keepsLength: keepsLength)
    #expect(
      lines(kept) == ["Content-Type: application/json"] + (keepsLength ? ["Content-Length: 2"] : []) + [
        "x-amzn-RequestId: 1", "X-Amzn-Bedrock-Input-Token-Count: 5", "Retry-After: 3", "x-should-retry: true",
      ])
  }

  /// Whatever a caller sends: nothing of its identity passes, nothing about its connection, and everything else does, in order.
  @Test func anyRequest() {
    let never = [
      "authorization", "x-api-key", "host", "content-length", "transfer-encoding", "connection", "cookie", "x-amz-date",
      "x-amz-security-token", "proxy-connection", "x-stainless-retry-count", "x-forwarded-host", "expect", "te", "upgrade",
    ]
    let always = [
      "content-type", "accept", "user-agent", "x-amzn-a", "x-amz-a", "anthropic-x", "openai-beta", "teapot", "hosts", "a",
    ]
    var random = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      var headers: Headers = []
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        let isKept = Bool.random(using: &random)
        var name = (isKept ? always : never).randomElement(using: &random) ?? "a"
        if Bool.random(using: &random) { name = name.uppercased() }
        headers.append((name, "\(Int.random(in: 0..<100, using: &random))"))
      }
      let named = always.randomElement(using: &random) ?? "a"
      if Bool.random(using: &random) { headers.append(("Connection", "close ,\t\(named.uppercased())")) }
      let isNamed = headers.contains { $0.value.contains("close") }
      let expected = headers.filter { always.contains($0.name.lowercased()) && !(isNamed && $0.name.lowercased() == named) }
      let kept = RelayHeaders.upstream(from: headers)
      #expect(lines(kept) == lines(expected) + ["accept-encoding: identity"])
      // What has passed once passes again: nothing is left that a second look would drop.
      #expect(lines(RelayHeaders.upstream(from: kept)) == lines(kept))
    }
  }

  /// A generator with a seed, so that a failure repeats.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
