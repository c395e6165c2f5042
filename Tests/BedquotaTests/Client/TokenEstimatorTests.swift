import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// Tokens by bytes, before and after replies have told.
struct TokenEstimatorTests {
  private func size(bytes: Int) -> InputSize { InputSize(["text": .string(String(repeating: "a", count: bytes))]) }

  @Test(arguments: [(0, 0), (1, 1), (4, 1), (4_000, 1_000)])
  func fourBytesForATokenAtFirst(bytes: Int, tokens: Int) {
    #expect(TokenEstimator().usage(of: size(bytes: bytes), outputBytes: bytes) == TokenUsage(input: tokens, output: tokens))
  }

  @Test func itLearnsFromReplies() {
    var estimator = TokenEstimator()
    for _ in 0..<1_000 { estimator.learn(TokenUsage(input: 500, output: 100), size(bytes: 1_000), outputBytes: 300) }
    let usage = estimator.usage(of: size(bytes: 1_000), outputBytes: 300)
    #expect((499...502).contains(usage.input) && (99...101).contains(usage.output))
    #expect(estimator.average(of: size(bytes: 0)).output == 100)
    #expect(estimator.streamEstimate(of: size(bytes: 1_000)).usage(outputBytes: 300) == usage)
  }

  /// A third too much at first; 3 % above the largest ratio once 32 replies have told.
  @Test func theReservationShrinksToWhatRepliesShow() {
    var estimator = TokenEstimator()
    let size = size(bytes: 4_000)
    let first = estimator.cost(of: size, maxTokens: 0).reserved.tokens
    #expect(first == Int64(size.estimatedTokens))
    for _ in 0..<31 { estimator.learn(TokenUsage(input: 1_000, output: 1), size, outputBytes: 4) }
    #expect(estimator.cost(of: size, maxTokens: 0).reserved.tokens == first)
    estimator.learn(TokenUsage(input: 1_000, output: 1), size, outputBytes: 4)
    #expect((1_000...1_031).contains(estimator.cost(of: size, maxTokens: 0).reserved.tokens))
    // One odd request doesn't raise it above the first guess.
    estimator.learn(TokenUsage(input: 90_000, output: 1), size, outputBytes: 4)
    #expect(estimator.cost(of: size, maxTokens: 0).reserved.tokens == first)
  }

  @Test func aCountedInputIsTakenAsItIs() {
    let cost = TokenEstimator().cost(of: size(bytes: 4_000), maxTokens: 300, counted: 77)
    #expect(cost.reserved.tokens == 377 && cost.known.tokens == 77)
  }

  /// What is reserved stays, for the service debits a cached input too when the request starts.
  @Test func theCachedPartOfTheInputIsThatOfLateReplies() {
    var estimator = TokenEstimator()
    let size = size(bytes: 40_000)
    let fresh = estimator.cost(of: size, maxTokens: 10)
    #expect(fresh.cached == 0)
    for _ in 0..<1_000 { estimator.learn(TokenUsage(input: 1_000, output: 1, cacheRead: 9_000), size, outputBytes: 4) }
    let cost = estimator.cost(of: size, maxTokens: 10)
    #expect((8_900...9_100).contains(cost.cached) && (9_990...10_010).contains(cost.known.tokens))
    #expect(cost.reserved.tokens >= 10_010)
    for _ in 0..<1_000 { estimator.learn(TokenUsage(input: 10_000, output: 1), size, outputBytes: 4) }
    #expect(estimator.cost(of: size, maxTokens: 10).cached < 500)
  }
}
