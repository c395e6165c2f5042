import AWSClient
import AWSWire
import Testing

struct RetryPolicyTests {
  let policy = RetryPolicy()

  /// Without jitter the delay doubles from its base up to 20 s.
  @Test(arguments: [
    (1, RetryPolicy.Failure.transient, 0.05), (2, .transient, 0.1), (3, .transient, 0.2), (1, .throttling, 1),
    (2, .throttling, 2),
    (5, .throttling, 16), (6, .throttling, 20), (64, .throttling, 20), (.max, .transient, 20), (0, .transient, 0.05),
    (.min, .transient, 0.05),
  ])
  func longestDelay(attempt: Int, failure: RetryPolicy.Failure, seconds: Double) {
    #expect(policy.delay(after: attempt, failure: failure, jitter: 1) == seconds)
    #expect(policy.delay(after: attempt, failure: failure, jitter: 0) == 0)
    #expect(policy.delay(after: attempt, failure: failure, jitter: 0.5) == seconds / 2)
  }

  /// Own delay 0.5 s: the server may lengthen it up to 5.5 s and never shorten it.
  @Test(arguments: [
    ("3000", 3.0), ("0", 0.5), ("100", 0.5), ("60000", 5.5), ("99999999999999999999999999", 5.5), ("-1", 0.5), ("NaN", 0.5),
    ("1e309", 0.5), ("inf", 0.5), ("soon", 0.5), ("", 0.5), (String(repeating: "9", count: 10_000), 5.5),
  ])
  func retryAfterIsClamped(header: String, seconds: Double) {
    #expect(policy.delay(after: 1, failure: .throttling, jitter: 0.5, retryAfter: header) == seconds)
  }

  @Test(arguments: [
    (400, "ThrottlingException", RetryPolicy.Failure.throttling), (429, "Unknown", .throttling),
    (400, "TooManyRequestsException", .throttling), (500, "ServiceException", .transient), (503, "Unknown", .transient),
    (408, "Unknown", .transient), (400, "AccessDeniedException", .permanent), (404, "ResourceNotFoundException", .permanent),
    (200, "Unknown", .permanent), (501, "Unknown", .permanent),
  ])
  func kinds(status: Int, code: String, failure: RetryPolicy.Failure) {
    let service = AWSClientError.Service(code: code, message: "", status: status, requestID: nil, body: [])
    #expect(RetryPolicy.classify(AWSClientError(.service, "", service: service)) == failure)
  }

  @Test func theQuotaBoundsRetries() throws {
    let quota = RetryQuota()
    for _ in 0..<100 { #expect(quota.take(for: .throttling) == 5) }
    #expect(quota.take(for: .throttling) == nil)
    quota.succeeded(taken: 5)
    #expect(quota.take(for: .transient) == nil)
    #expect(quota.take(for: .throttling) == 5)
    for _ in 0..<20 { quota.succeeded(taken: nil) }
    #expect(quota.take(for: .transient) == 14)
    for _ in 0..<10_000 { quota.succeeded(taken: 14) }
    #expect(quota.remaining == 500)
  }

  @Test func theBucketLetsABurstGoAndThenItsRate() {
    var bucket = TokenBucket(perSecond: 10, burst: 20)
    for _ in 0..<20 { #expect(bucket.take(at: 1_000_000_000) == 0) }
    #expect(bucket.take(at: 1_000_000_000) == 100_000_000)
    #expect(bucket.take(at: 1_000_000_000) == 200_000_000)
    // The next one was promised 300 ms after the burst; a second later two tokens of the ten are spoken for.
    for _ in 0..<8 { #expect(bucket.take(at: 2_000_000_000) == 0) }
    #expect(bucket.take(at: 2_000_000_000) == 100_000_000)
    // Idle for an hour: one burst, not an hour's worth.
    for _ in 0..<20 { #expect(bucket.take(at: 3_602_000_000_000) == 0) }
    #expect(bucket.take(at: 3_602_000_000_000) > 0)
  }
}
