import AWSWire
import AdmissionControl
import BedrockQuotas
import Testing

@testable import Bedquota

/// What a request reserves and costs on each endpoint.
struct TokenMeteringTests {
  @Test func theRuntimeHasOneQuotaAndABurndown() {
    let metering = TokenMetering.runtime(burndown: 5)
    let cost = metering.cost(prompt: 110, expected: 100, maxTokens: 50, outputBound: 20)
    #expect(cost.reserved == Amounts(tokens: 160) && cost.known == Amounts(tokens: 100) && cost.burndownExtra == 200)
    let usage = TokenUsage(input: 100, output: 20, cacheRead: 40, cacheWrite: 7)
    #expect(metering.amounts(usage) == Amounts(tokens: 207))
    #expect(metering.throttle(.requests) == .requests)
  }

  @Test(arguments: [(20, 20), (50, 50), (Int64.max, 50)] as [(Int64, Int64)])
  func mantleHasTwoAndNone(bound: Int64, output: Int64) {
    let cost = TokenMetering.mantle.cost(prompt: 110, expected: 100, maxTokens: 50, outputBound: bound)
    #expect(cost.reserved == Amounts(inputTokens: 160, outputTokens: output))
    #expect(cost.known == Amounts(inputTokens: 100) && cost.burndownExtra == 0)
    let usage = TokenUsage(input: 100, output: 20, cacheRead: 40, cacheWrite: 7)
    #expect(TokenMetering.mantle.amounts(usage) == Amounts(inputTokens: 127, outputTokens: 20))
    // It refuses requests for their input, whatever it says.
    for reason in [Outcome.Throttle.requests, .tokens, .unknown, .tokensPerDay] {
      #expect(TokenMetering.mantle.throttle(reason) == .inputTokens)
    }
  }

  /// max_tokens at first, much more than the first replies have, then as much as most of many have.
  @Test func theBoundOfOutputFollowsTheReplies() {
    var estimator = TokenEstimator()
    let size = InputSize(["text": "Hello"])
    func reserved() -> Int64 { estimator.cost(of: size, maxTokens: 4_000, metering: .mantle).reserved.outputTokens }
    #expect(reserved() == 4_000)
    estimator.learn(TokenUsage(input: 3, output: 100), size, outputBytes: 400)
    #expect(reserved() == 300)
    for _ in 0..<1_000 { estimator.learn(TokenUsage(input: 3, output: 100), size, outputBytes: 400) }
    #expect((100...101).contains(reserved()))
    for number in 0..<1_000 { estimator.learn(TokenUsage(input: 3, output: 50 + 100 * (number % 2)), size, outputBytes: 400) }
    #expect((190...210).contains(reserved()))
  }
}
