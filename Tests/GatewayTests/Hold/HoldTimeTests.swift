import Foundation
import Testing

@testable import Gateway

/// How long requests are held: the table of clients in docs/design/gateway.md.
struct HoldTimeTests {
  static let maxWait = Duration.seconds(600)

  struct Row: Sendable, CustomTestStringConvertible {
    var agent: String
    var headers: [String: String] = [:]
    /// Seconds.
    var plain: Int
    var stream: Int
    var keepAliveAfter = 15
    var retryAfterMax = 60
    var testDescription: String { agent }

    var patience: ClientPatience {
      ClientPatience(headers: [("user-agent", agent)] + headers.map { ($0.key, $0.value) })
    }
  }

  @Test(arguments: [
    Row(agent: "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.12.1", plain: 40, stream: 52),
    Row(agent: "Botocore/1.43.11", plain: 40, stream: 52),
    Row(agent: "aws-cli/1.36.0 md/Botocore#1.35.0 ua/2.0 os/linux", plain: 40, stream: 52),
    Row(agent: "Boto3/1.43.11 md/Botocore#1.43.11 x-client-framework:langchain-aws", plain: 40, stream: 52),
    Row(agent: "aws-sdk-ruby3/3.200.0 ua/2.0 api/bedrock_runtime#1.0", plain: 40, stream: 52),
    Row(agent: "aws-sdk-java/2.31.0 md/io#async md/http#NettyNio", plain: 10, stream: 22, keepAliveAfter: 10),
    Row(agent: "aws-sdk-kotlin/1.4.0 ua/2.1", plain: 10, stream: 22, keepAliveAfter: 10),
    Row(agent: "aws-sdk-js/3.700.0 ua/2.1 os/linux lang/js md/nodejs#22.1.0", plain: 600, stream: 600),
    Row(agent: "aws-sdk-go-v2/1.32.0 ua/2.1 os/linux lang/go#1.23", plain: 600, stream: 600),
    Row(agent: "aws-sdk-php/3.320.0 OS/Linux", plain: 600, stream: 600),
    Row(agent: "aws-sdk-rust/1.3.3 ua/2.1 api/bedrockruntime/1.0", plain: 5, stream: 12, keepAliveAfter: 5),
    Row(agent: "Anthropic/Python 0.70.0", headers: ["x-stainless-read-timeout": "600"], plain: 580, stream: 592),
    Row(agent: "AsyncAnthropicBedrock/Python 0.70.0", headers: ["x-stainless-timeout": "600"], plain: 580, stream: 592),
    Row(agent: "Anthropic/JS 0.60.0", headers: ["x-stainless-timeout": "NOT_GIVEN"], plain: 580, stream: 592),
    // Claude Code bears 300 s without a byte in a stream: less the 3 s of the first byte and the margin.
    Row(agent: "claude-cli/2.0.14 (external, cli)", headers: ["x-stainless-timeout": "600"], plain: 580, stream: 292),
    Row(
      agent: "OpenAI/Python 1.99.0", headers: ["x-stainless-read-timeout": "600.0"], plain: 580, stream: 592, retryAfterMax: 120),
    Row(agent: "node", plain: 280, stream: 292),
    Row(agent: "curl/8.5.0", plain: 40, stream: 52),
    Row(agent: "aws-sdk-go-v2/1.32.0", headers: ["x-forwarded-for": "10.0.0.9"], plain: 40, stream: 52),
    Row(
      agent: "OpenAI/Python 1.99.0", headers: ["x-stainless-read-timeout": "600", "via": "1.1 lb"], plain: 40, stream: 52,
      retryAfterMax: 120),
  ])
  func theTableOfClients(row: Row) {
    let patience = row.patience
    func hold(isStream: Bool, isKeptAlive: Bool = false) -> Duration {
      HoldTime.longest(patience, maxWait: Self.maxWait, times: .init(), isStream: isStream, isKeptAlive: isKeptAlive)
    }
    #expect(hold(isStream: false) == .seconds(row.plain))
    #expect(hold(isStream: true) == .seconds(row.stream))
    #expect(hold(isStream: true, isKeptAlive: true) == Self.maxWait)
    #expect(patience.keepAliveAfter == .seconds(row.keepAliveAfter))
    #expect(patience.retryAfterMax == row.retryAfterMax)
  }

  /// A wait is never longer because a client asks for it.
  @Test(arguments: [
    ("30s", 30), ("5", 5), ("1h", 40), ("1m30s", 40), ("nonsense", 40), ("-5", 40), ("", 40), ("1e99", 40),
  ])
  func aClientMayAskForAShorterWait(text: String, seconds: Int) {
    let patience = ClientPatience(headers: [("user-agent", "Boto3/1.43.11"), ("x-bedquota-max-wait", text)])
    #expect(HoldTime.longest(patience, maxWait: Self.maxWait, times: .init(), isStream: false) == .seconds(seconds))
    let kept = HoldTime.longest(patience, maxWait: Self.maxWait, times: .init(), isStream: true, isKeptAlive: true)
    #expect(kept == min(patience.maxWait ?? Self.maxWait, Self.maxWait))
  }

  /// Where there is room, a client that wants no wait is admitted.
  @Test func noWaitIsAMomentLong() {
    let patience = ClientPatience(headers: [("x-bedquota-max-wait", "0")])
    let hold = HoldTime.longest(patience, maxWait: Self.maxWait, times: .init(), isStream: false)
    #expect(hold == HoldTime.shortest && hold > .zero && hold < .seconds(1))
  }

  @Test func theKeyBoundsTheWait() {
    let patience = ClientPatience(headers: [("x-stainless-read-timeout", "600")])
    #expect(HoldTime.longest(patience, maxWait: .seconds(20), times: .init(), isStream: true, isKeptAlive: true) == .seconds(20))
    #expect(HoldTime.longest(patience, maxWait: .seconds(20), times: .init(), isStream: false) == .seconds(20))
  }

  @Test func aSlowModelLeavesASecond() {
    var times = ServiceTimes.Figures()
    times.whole95 = .seconds(90)
    let patience = ClientPatience(headers: [])
    #expect(HoldTime.longest(patience, maxWait: Self.maxWait, times: times, isStream: false) == .seconds(1))
  }

  @Test(arguments: [
    ("ttl=20260115T103045Z; attempt=2; max=5", 45.0), ("attempt=2; ttl=20260115T103045Z", 45), ("attempt=1; max=5", 60),
    // The client's clock is behind ours; its agent decides.
    ("ttl=20260115T102959Z; attempt=2", 60), ("ttl=; attempt=2", 60), ("ttl=20261332T103045Z", 60),
  ])
  func whenAClientStopsWaiting(text: String, seconds: Double) throws {
    let now = try #require(ISO8601DateFormatter().date(from: "2026-01-15T10:30:00Z"))
    let patience = ClientPatience(headers: [("user-agent", "Boto3/1.43.11"), ("amz-sdk-request", text)], now: { now })
    #expect(patience.silence == .seconds(seconds))
  }

  @Test(arguments: ["NOT_GIVEN", "-1", "nan", "inf", "0", "600s", String(repeating: "9", count: 1_000)])
  func whatIsNoTimeoutIsIgnored(text: String) {
    #expect(ClientPatience(headers: [("x-stainless-read-timeout", text)]).silence == .seconds(60))
  }

  @Test func theReadTimeoutGoesBeforeTheTimeout() {
    let headers = [
      ("x-stainless-timeout", "900"), ("x-stainless-read-timeout", "20"), ("amz-sdk-request", "ttl=20990101T000000Z"),
    ]
    #expect(ClientPatience(headers: headers).silence == .seconds(20))
  }

  /// A waiter whose client will not see half of the replies is not sent.
  @Test func theHopelessAreNotSent() {
    var times = ServiceTimes.Figures()
    times.whole50 = .seconds(25)
    let patience = ClientPatience(headers: [])
    func isWorth(_ waited: Int, isStream: Bool = false, isKeptAlive: Bool = false) -> Bool {
      HoldTime.isWorthSending(patience, waited: .seconds(waited), times: times, isStream: isStream, isKeptAlive: isKeptAlive)
    }
    #expect(isWorth(35))
    #expect(!isWorth(36))
    #expect(isWorth(36, isStream: true))
    #expect(isWorth(500, isKeptAlive: true))
    #expect(
      HoldTime.isWorthSending(
        ClientPatience(headers: [("user-agent", "aws-sdk-go/1")]), waited: .seconds(900), times: times, isStream: false))
  }
}
