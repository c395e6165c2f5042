import AdmissionControl
import Testing

@Suite(.timeLimit(.minutes(5))) struct HoldingsTests {
  @Test func whatIsInFlightIsReservedAndTheFirstWaiterCounts() async throws {
    let time = Shared<Int64>(0)
    // The clock stands still, so the limits must leave room at once for all but what the concurrency holds up.
    let limiter = Limiter(
      LimiterConfiguration(
        limits: [Limit(.requestsPerMinute, 60_000), Limit(.tokensPerMinute, 6_000_000), Limit(.concurrency, 2)]),
      now: { time.value })
    let first = try await limiter.reserve(.exactly(900))
    let second = try await limiter.reserve(.exactly(300))
    #expect(limiter.holdings.reserved == [.requestsPerMinute: 2, .tokensPerMinute: 1_200, .concurrency: 2])
    #expect(limiter.holdings.longestWait == nil)
    let waiting = Task { try await limiter.reserve(.exactly(100)).settle(used: Amounts(tokens: 1)) }
    while limiter.snapshot.waiting < 1 { await Task.yield() }
    time.change { $0 = 5_000_000_000 }
    let later = Task { try await limiter.reserve(.exactly(100)).settle(used: Amounts(tokens: 1)) }
    while limiter.snapshot.waiting < 2 { await Task.yield() }
    time.change { $0 = 7_000_000_000 }
    #expect(limiter.holdings.longestWait == .seconds(7))
    for task in [waiting, later] {
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    first.settle(used: Amounts(tokens: 100))
    #expect(limiter.holdings.longestWait == nil && limiter.holdings.reserved[.tokensPerMinute] == 300)
    second.settle(used: Amounts(tokens: 100))
    #expect(limiter.holdings == .init(reserved: [.requestsPerMinute: 0, .tokensPerMinute: 0, .concurrency: 0], longestWait: nil))
  }
}
