import Testing

@testable import AdmissionControl

/// What a limiter tells of the wait for a store's units.
struct PrepaidSupplyTests {
  private static let second: Int64 = 1_000_000_000

  private func state(_ supply: PrepaidSupply?) -> AdmissionState {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000)])
    configuration.isPrepaid = true
    var state = AdmissionState(configuration, at: 0)
    if let supply { state.expect(supply, of: .tokensPerMinute) }
    return state
  }

  private func request(_ tokens: Int64, deadline: Int64? = nil) -> Request {
    Request(cost: Cost(input: tokens, maxTokens: 0), deadline: deadline)
  }

  @Test func whatIsUnknownRefusesNobody() {
    var state = state(nil)
    #expect(state.eta(of: request(60_000), at: 0) == 0)
    guard case .waiting = state.arrive(request(60_000, deadline: Self.second), at: 0) else {
      Issue.record("It was not queued.")
      return
    }
  }

  @Test func whatTheStoreHasFreeIsNoWait() {
    // 1,000 tokens a second, of which a second's worth may start together.
    var state = state(PrepaidSupply(free: 20_000, rate: 60_000, part: 1, at: 0))
    #expect(state.eta(of: request(1_000), at: 0) == 0)
    #expect(state.eta(of: request(11_000), at: 0) == 10 * Self.second)
  }

  @Test func anEmptyStoreIsAWaitAndOthersMakeItLonger() {
    var alone = state(PrepaidSupply(free: 0, rate: 60_000, part: 1, at: 0))
    #expect(alone.eta(of: request(10_000), at: 0) == 10 * Self.second)
    var crowded = state(PrepaidSupply(free: 0, rate: 60_000, part: 0.25, at: 0))
    // It may be the next of all; what this process has ahead of it comes at its own part.
    #expect(crowded.eta(of: request(10_000), at: 0) == 10 * Self.second)
    _ = crowded.arrive(request(10_000), at: 0)
    #expect(crowded.eta(of: request(10_000), at: 0) == 50 * Self.second)
    // After a while nobody knows who waits.
    #expect(crowded.eta(of: request(10_000), at: 16 * Self.second) == 19 * Self.second)
    // It refills meanwhile.
    #expect(alone.eta(of: request(10_000), at: 4 * Self.second) == 9 * Self.second)
  }

  @Test func theWholeRefillPaysADebt() {
    var state = state(PrepaidSupply(free: -60_000, rate: 60_000, part: 0.25, at: 0))
    #expect(state.eta(of: request(1_000), at: 0) == 61 * Self.second)
  }

  @Test func whoCannotMakeItIsRefusedAtOnce() {
    var state = state(PrepaidSupply(free: 0, rate: 60_000, part: 0.5, at: 0))
    guard case .refused(let refusal) = state.arrive(request(10_000, deadline: 9 * Self.second), at: 0) else {
      Issue.record("It was not refused.")
      return
    }
    #expect(refusal.code == .deadline && refusal.measure == .tokensPerMinute)
  }

  @Test func numbersOfAnySizeAreNoTrap() {
    for supply in [
      PrepaidSupply(free: .max, rate: .max, part: .nan, at: .min), PrepaidSupply(free: .min, rate: 1, part: -1, at: .max),
      PrepaidSupply(free: 0, rate: 0, part: 1, at: 0),
    ] {
      var state = state(supply)
      _ = state.eta(of: request(60_000), at: Self.second)
    }
  }
}
