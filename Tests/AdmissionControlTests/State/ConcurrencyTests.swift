import AdmissionControl
import Testing

struct ConcurrencyTests {
  private func state(_ limits: Limit...) -> AdmissionState { AdmissionState(.plain(limits), at: 0) }

  @Test func noMoreAtOnceThanAllowed() throws {
    var state = state(Limit(.concurrency, 3))
    var leases = try (0..<3).map { _ in try state.granted(.exactly(1_000_000), at: 0) }
    let ids = try (0..<2).map { _ in try state.waiter(Request(cost: .exactly(1)), at: 0) }
    var said = Said()
    state.run(from: 0, to: 3_600 * second, into: &said)
    // Time doesn't help, so no timer is set.
    #expect(said.admitted.isEmpty && state.wakeAt == nil)
    state.settle(leases.removeLast(), .completed(.zero), at: 3_600 * second)
    state.sayAll(at: 3_600 * second, into: &said)
    #expect(said.admitted.map(\.id) == [ids[0]])
  }

  @Test(arguments: [
    Outcome.completed(.zero), .throttled(.requests), .throttled(.tokensPerDay), .capacity, .failed(used: .zero), .cancelled,
  ])
  func everyEndGivesThePlaceBack(outcome: Outcome) {
    var state = state(Limit(.concurrency, 1))
    for time in 0..<5 as Range<Int64> {
      let lease = state.lease(.exactly(1), at: time)
      #expect(lease != nil)
      if let lease { state.settle(lease, outcome, at: time) }
    }
    #expect(state.available(.concurrency) == 1)
  }

  /// Deadlines still count where only settlements help, and other limits are still enforced.
  @Test func aDeadlineCountsWhereOnlyOthersHelp() {
    var state = state(Limit(.concurrency, 1), Limit(.requestsPerMinute, 60))
    _ = state.lease(.exactly(1), at: 0)
    let id = state.arrive(Request(cost: .exactly(1), deadline: 5 * second), at: 0).waiter
    #expect(id != nil)
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.refused.map(\.at) == [5 * second])
  }

  @Test func aLowerLimitIsReachedAsRequestsEnd() throws {
    var state = state(Limit(.concurrency, 4))
    var leases = try (0..<4).map { _ in try state.granted(.exactly(1), at: 0) }
    state.setLimit(.concurrency, 2, at: 0)
    #expect(state.available(.concurrency) == -2)
    for _ in 0..<2 { state.settle(leases.removeLast(), .cancelled, at: 0) }
    #expect(state.lease(.exactly(1), at: 0) == nil)
    state.settle(leases.removeLast(), .cancelled, at: 0)
    #expect(state.lease(.exactly(1), at: 0) != nil)
  }

  @Test func manyLimitsMustAllAgree() {
    var state = state(
      Limit(.requestsPerMinute, 6_000), Limit(.inputTokensPerMinute, 60_000), Limit(.outputTokensPerMinute, 6_000))
    func cost(_ input: Int64, _ output: Int64) -> Cost {
      let amounts = Amounts(inputTokens: input, outputTokens: output)
      return Cost(reserved: amounts, predicted: amounts)
    }
    _ = state.lease(cost(100, 100), at: 0)
    #expect(state.arrive(Request(cost: cost(100, 50)), at: 0).eta == second / 2)
    #expect(state.snapshot().meters.map(\.available) == [5_699, 56_900, 5_600])
    // A waiter has taken nothing from the limits that had room.
    #expect(state.snapshot().meters.map(\.inFlight) == [1, 1, 1])
  }
}
