import AdmissionControl
import Testing

struct RefusalTests {
  @Test(arguments: [
    (Refusal.invalidCost, "0 to 1000000000 tokens"),
    (.neverFits(.tokensPerMinute, needed: 70_000, limit: 60_000), "70000 of 60000 tokens per minute"),
    (.neverFits(.tokensPerMinute, needed: 70_000, limit: 60_000), "lower max_tokens"),
    (.neverFits(.requestsPerMinute, needed: 1, limit: 0), "The limit of requests per minute is 0"),
    (.neverFits(.concurrency, needed: 1, limit: 0), "raise the limit"),
    (.deadline(eta: 12_345_678_901), "in 12.3 s, after its deadline"),
    (.expired, "deadline passed"),
    (.queueFull(waiters: 7), "7 requests wait"),
    (.waitTooLong(eta: 3_600_000_000_000), "in 3600.0 s, longer than"),
    (.retryBudget, "retries"),
    (.draining, "admits no new requests"),
  ])
  func theMessageHasTheReasonAndTheFigure(refusal: Refusal, text: String) {
    #expect(refusal.message.contains(text))
    #expect(refusal.description == refusal.message)
  }

  @Test func theFiguresAreThere() {
    let tooLarge = Refusal.neverFits(.tokensPerMinute, needed: 70_000, limit: 60_000)
    #expect(tooLarge.code == .neverFits)
    #expect(tooLarge.limit == Limit(.tokensPerMinute, 60_000) && tooLarge.needed == 70_000)
    #expect(tooLarge.eta == nil && tooLarge.waiting == nil)
    #expect(Refusal.deadline(eta: 1_500_000_000).eta == .milliseconds(1_500))
    #expect(Refusal.waitTooLong(eta: 7).eta == .nanoseconds(7))
    #expect(Refusal.queueFull(waiters: 7).waiting == 7)
  }

  @Test(
    arguments: [
      (Refusal.deadline(eta: 1), ["deadline"]), (.expired, ["deadline"]),
      (.neverFits(.tokensPerMinute, needed: 2, limit: 1), ["maxTokens"]),
      (.neverFits(.tokensPerMinute, needed: 2, limit: 0), []), (.draining, []), (.retryBudget, []),
    ] as [(Refusal, [String])])
  func namesTheParametersToChange(refusal: Refusal, parameters: [String]) {
    #expect(refusal.parameters == parameters)
  }

  @Test(arguments: Measure.allCases)
  func everyMeasureHasAName(measure: Measure) {
    let text = Refusal.neverFits(measure, needed: 2, limit: 1).message
    #expect(text.contains("needs 2 of 1 "))
    #expect(!text.contains("\(measure) "), "a name for people, not of the code")
  }
}
