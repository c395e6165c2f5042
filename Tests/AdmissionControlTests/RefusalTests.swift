import AdmissionControl
import Testing

struct RefusalTests {
  @Test(arguments: [
    (Refusal.invalidCost, "0 to 1000000000 tokens"),
    (.neverFits(.tokensPerMinute, needed: 70_000, limit: 60_000), "70000 of 60000 tokens per minute"),
    (.neverFits(.tokensPerMinute, needed: 70_000, limit: 60_000), "Lower max_tokens"),
    (.neverFits(.requestsPerMinute, needed: 1, limit: 0), "The limit of requests per minute is 0"),
    (.neverFits(.concurrency, needed: 1, limit: 0), "Raise the limit"),
    (.deadline(eta: 12_345_678_901), "in 12.3 s, after its deadline"),
    (.expired, "deadline passed"),
    (.queueFull(waiters: 7), "7 requests wait"),
    (.retryBudget, "retries"),
    (.draining, "takes no new requests"),
  ])
  func saysWhyAndTheFigure(refusal: Refusal, text: String) {
    #expect("\(refusal)".contains(text))
  }

  @Test(arguments: Measure.allCases)
  func everyMeasureHasAName(measure: Measure) {
    let text = "\(Refusal.neverFits(measure, needed: 2, limit: 1))"
    #expect(text.contains("needs 2 of 1 "))
    #expect(!text.contains("\(measure) "), "a name for people, not of the code")
  }
}
