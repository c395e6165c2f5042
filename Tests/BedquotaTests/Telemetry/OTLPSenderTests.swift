import Bedquota
import Foundation
import HTTPTypes
import Testing

struct OTLPSenderTests {
  private let time = FakeTime()

  private func export(_ post: Post, within seconds: Int = 30, timesOut: Bool = false) async throws -> ExportOutcome {
    let signal = OTLPSignal(url: try #require(URL(string: "http://localhost:4318/v1/traces")), timeout: .seconds(10))
    return await OTLPSender(signal, clock: time.clock(timesOut: timesOut), send: post.send).export(
      Data("{}".utf8), within: .seconds(seconds))
  }

  @Test(arguments: [429, 502, 503, 504]) func whatMayPassIsTriedAgain(_ status: Int) async throws {
    let post = Post(.status(status), .status(status), .status(200))
    #expect(try await export(post) == .delivered(rejected: 0, message: nil))
    #expect(post.requests.count == 3 && time.slept == [.seconds(1), .seconds(2)])
  }

  @Test(arguments: [301, 400, 401, 403, 404, 408, 413, 500, 501]) func otherStatusesAreFinal(_ status: Int) async throws {
    let post = Post(.status(status, body: #"{"code": 3, "message": "no"}"#))
    #expect(try await export(post) == .refused(status: status, message: "no"))
    #expect(post.requests.count == 1 && time.slept.isEmpty)
  }

  @Test func aConnectionMayComeBack() async throws {
    let post = Post(.failure(), .failure(), .status(202))
    #expect(try await export(post) == .delivered(rejected: 0, message: nil))
    #expect(post.requests.count == 3)
  }

  @Test func allAttemptsEndInTime() async throws {
    let post = Post(.failure())
    #expect(try await export(post) == .away(problem: "connection refused"))
    // 1 + 2 + 4 + 8, and 16 more would be too late.
    #expect(time.slept.count == 4 && post.requests.count == 5)
  }

  @Test(.timeLimit(.minutes(1))) func silenceEndsAfterTheTimeOfAnAttempt() async throws {
    let post = Post(.silence)
    #expect(try await export(post, timesOut: true) == .away(problem: "it doesn't answer"))
    // 10 + 1 + 10 + 2 + 7 seconds.
    #expect(time.slept == [.seconds(1), .seconds(2)] && post.requests.count <= 3)
  }

  @Test(arguments: [
    ("7", 7.0), ("0.5", 1), ("0", 1), ("-3", 1), ("soon", 1), ("nan", 1), ("Tue, 14 Nov 2023 22:13:29 GMT", 9),
    ("Tue, 14 Nov 2023 22:13:19 GMT", 1),
  ])
  func theCollectorMayNameATime(_ text: String, _ seconds: Double) async throws {
    let post = Post(.status(503, headers: [.retryAfter: text]), .status(200))
    #expect(try await export(post) == .delivered(rejected: 0, message: nil))
    #expect(time.slept == [.seconds(seconds)])
  }

  @Test func aLongTimeIsLeftToTheCaller() async throws {
    #expect(
      try await export(Post(.status(429, headers: [.retryAfter: "120"])))
        == .later(.seconds(120), problem: "it answers with status 429"))
    #expect(
      try await export(Post(.status(429, headers: [.retryAfter: "99999999999999999999"])))
        == .later(.seconds(3_600), problem: "it answers with status 429"))
    #expect(time.slept.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func aCancellationIsNoFailure() async throws {
    let post = Post(.silence)
    let task = Task { try await export(post) }
    while post.requests.isEmpty { await Task.yield() }
    task.cancel()
    #expect(try await task.value == .cancelled)
  }

  @Test(
    arguments: [
      (#"{}"#, 0, nil), ("", 0, nil), ("\u{0}\u{1}", 0, nil), (#"{"partialSuccess": {}}"#, 0, nil),
      (#"{"partialSuccess": null}"#, 0, nil),
      (#"{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "old"}}"#, 3, "old"),
      (#"{"partialSuccess": {"rejectedDataPoints": 2}}"#, 2, nil), (#"{"partialSuccess": {"rejectedSpans": -2}}"#, 0, nil),
      (#"{"partialSuccess": {"errorMessage": "slow down"}}"#, 0, "slow down"),
    ] as [(String, Int, String?)])
  func partialSuccess(_ body: String, _ rejected: Int, _ message: String?) async throws {
    #expect(try await export(Post(.status(200, body: body))) == .delivered(rejected: rejected, message: message))
  }

  @Test(arguments: [(1, 0.0, 0.5), (1, 1, 1), (2, 1, 2), (5, 1, 16), (6, 1, 16), (.max, 1, 16), (0, 2, 1), (.min, -1, 0.5)])
  func delays(_ attempt: Int, _ jitter: Double, _ seconds: Double) {
    #expect(OTLPSender.delay(after: attempt, jitter: jitter) == seconds)
  }
}
