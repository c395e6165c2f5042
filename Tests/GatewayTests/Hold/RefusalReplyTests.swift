import AWSServer
import AdmissionControl
import Bedquota
import Testing

@testable import Gateway

/// What refused clients are told.
struct RefusalReplyTests {
  private static let boto = [(name: "user-agent", value: "Boto3/1.43.11")]
  private static let openAI = [(name: "user-agent", value: "OpenAI/Python 1.99.0")]

  /// The refusal of a request whose turn comes in `seconds`, by a limiter that knows the limit that decided.
  private func refusal(after seconds: Int64, hold: Int64) throws -> Refusal {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000), Limit(.requestsPerMinute, 6_000)])
    configuration.learnsLimits = false
    var state = AdmissionState(configuration, at: 0)
    _ = state.arrive(Request(cost: Cost(input: 0, maxTokens: 1_000)), at: 0)
    _ = state.arrive(
      Request(cost: Cost(reserved: Amounts(tokens: (seconds - 12) * 1_000), predicted: Amounts(tokens: (seconds - 12) * 1_000))),
      at: 0)
    let cost = Cost(reserved: Amounts(tokens: 12_000), predicted: Amounts(tokens: 12_000))
    let arrival = state.arrive(Request(cost: cost, deadline: hold * 1_000_000_000), at: 0)
    guard case .refused(let refusal) = arrival else { throw Problem(arrival: arrival) }
    return refusal
  }

  private struct Problem: Error { var arrival: Arrival }

  private func reply(
    _ refusal: Refusal, hold: Int = 40, headers: [(name: String, value: String)] = boto, api: ModelRequest.API = .converse,
    dice: Double = 0
  ) -> RefusalReply {
    let limits = Limiter(LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)])).snapshot.meters
    return RefusalReply(
      refusal, of: api, .init(ClientPatience(headers: headers), hold: .seconds(hold)), reserved: Amounts(tokens: 12_000),
      resolution: nil, limits: limits, dice: dice)
  }

  @Test func theFigureThatDecidedIsNamed() throws {
    let refusal = try refusal(after: 58, hold: 40)
    #expect(refusal.measure == .tokensPerMinute)
    let reply = reply(refusal)
    #expect(reply.fault.code == "ThrottlingException")
    #expect(reply.fault.status == 429)
    let seconds = try #require(refusal.eta) / .seconds(1)
    #expect(
      reply.fault.message
        == "The request needs 12,000 of the limit on tokens per minute, which is 60,000; its turn would come in \(Int(seconds.rounded())) s, later than the 40 s that this client's request may wait."
    )
    #expect(reply.fault.retryAfter == Int((seconds - 40).rounded(.up)))
    #expect(!reply.isFinal && !reply.headers.contains { $0.name == ShouldRetry.never.name })
    #expect(reply.headers.map(\.name) == ["x-amz-retry-after"])
  }

  @Test(arguments: [0.0, 0.5, 1, 7, -7])
  func retryAfterIsWhatTheClientObeys(dice: Double) {
    for eta: Int64 in [0, 1, 41, 90, 10_000] {
      let refusal = Refusal.deadline(eta: eta * 1_000_000_000)
      let boto = reply(refusal, dice: dice)
      #expect((1...60).contains(boto.fault.retryAfter ?? 0))
      #expect((1_000...60_000).contains(boto.retryAfterMilliseconds ?? 0))
      #expect((1...120).contains(reply(refusal, headers: Self.openAI, dice: dice).fault.retryAfter ?? 0))
    }
    #expect(reply(.deadline(eta: 10_000_000_000_000), headers: Self.openAI).fault.retryAfter == 120)
  }

  /// What no waiting helps must not be sent again.
  @Test(arguments: [ModelRequest.API.invokeModel, .converse, .messages, .chatCompletions, .responses])
  func whatNeverFitsIsNotRetried(api: ModelRequest.API) {
    let never = reply(.neverFits(.tokensPerMinute, needed: 90_000, limit: 60_000), api: api)
    #expect(never.fault.status == 400)
    #expect(never.fault.code == (api == .invokeModel ? "ServiceQuotaExceededException" : "ValidationException"))
    #expect(never.headers.contains { $0 == ("x-should-retry", "false") })
    #expect(never.fault.retryAfter == nil)
  }

  @Test func theOwnQueueIsThrottledAndAFullOneIsUnavailable() {
    #expect(reply(.queueFull(waiters: 9, isOwn: true)).fault.status == 429)
    #expect(reply(.queueFull(waiters: 9)).fault.status == 503)
    #expect(reply(.draining).fault.status == 503)
    let bytes = RefusalReply(HeldBytes.Refusal.ownPart(held: 5, free: 4), ClientPatience(headers: Self.boto), dice: 0)
    #expect(bytes.fault.status == 429)
    #expect(RefusalReply(HeldBytes.Refusal.full(free: 4), ClientPatience(headers: Self.boto), dice: 0).fault.status == 503)
  }

  @Test func anExpiredOneSaysHowLongItWaited() {
    #expect(reply(.expired).fault.message == "Its turn did not come within the 40 s that this client's request may wait.")
    #expect(reply(.expired).fault.retryAfter == 2)
  }
}
