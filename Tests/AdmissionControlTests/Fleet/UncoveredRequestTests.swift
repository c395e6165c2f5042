import AdmissionControl
import Testing

/// The requests for which a store has to be asked.
struct UncoveredRequestTests {
  private func state(_ limits: [Limit] = [Limit(.tokensPerMinute, 60_000)]) -> AdmissionState {
    var configuration = LimiterConfiguration(limits: limits)
    configuration.isPrepaid = true
    return AdmissionState(configuration, at: 0)
  }

  private func chunk(_ units: Int64, from start: Int64 = 0, to end: Int64 = minute) -> PrepaidChunk {
    PrepaidChunk(reserved: units, predicted: units, startsAt: start, expiresAt: end)
  }

  private func reserved(_ state: AdmissionState, _ count: Int = 10, at now: Int64 = 0) -> [Int64] {
    state.uncovered(count, at: now).map(\.reserved.tokens)
  }

  @Test func nobodyWaits() {
    #expect(reserved(state()).isEmpty)
  }

  @Test func requestsComeInTheOrderOfTheirTurns() throws {
    var state = state()
    for tokens in [900, 100, 500] as [Int64] { _ = try state.waiter(Request(cost: .exactly(tokens), priority: 1), at: 0) }
    _ = try state.waiter(Request(cost: .exactly(700), priority: 0), at: 0)
    #expect(reserved(state) == [700, 900, 100, 500])
    #expect(reserved(state, 2) == [700, 900])
    #expect(state.uncovered(10, at: 0).map(\.tier) == [0, 1, 1, 1])
    let tiers = state.waitingTiers
    #expect(tiers.first == 0 && tiers.contains(1) && !tiers.contains(2))
    #expect(state.demand == (4, 0))
  }

  /// A chunk that starts later covers; one that has expired doesn't.
  @Test func coveredRequestsAreLeftOut() throws {
    var state = state()
    for tokens in [900, 100, 500] as [Int64] { _ = try state.waiter(Request(cost: .exactly(tokens)), at: 0) }
    state.grant(chunk(1_200, from: second, to: 2 * second), of: .tokensPerMinute, at: 0)
    #expect(reserved(state) == [500])
    #expect(reserved(state, at: 2 * second) == [900, 100, 500])
  }

  /// A request is covered if each gate covers it, for its reservation and for its prediction.
  @Test func everyGateCounts() throws {
    var state = state([Limit(.tokensPerMinute, 60_000), Limit(.requestsPerMinute, 60)])
    _ = try state.waiter(Request(cost: .exactly(900)), at: 0)
    state.grant(chunk(900), of: .tokensPerMinute, at: 0)
    #expect(reserved(state) == [900])
    var unpaced = self.state()
    _ = try unpaced.waiter(Request(cost: .exactly(900)), at: 0)
    unpaced.grant(PrepaidChunk(reserved: 900, predicted: 100, startsAt: 0, expiresAt: minute), of: .tokensPerMinute, at: 0)
    #expect(reserved(unpaced) == [900])
  }

  @Test func whatConcurrencyForbidsIsNotAskedFor() throws {
    var state = state([Limit(.tokensPerMinute, 60_000), Limit(.concurrency, 2)])
    for tokens in [900, 100, 500] as [Int64] { _ = try state.waiter(Request(cost: .exactly(tokens)), at: 0) }
    #expect(reserved(state) == [900, 100])
  }

  @Test func askingChangesNothing() throws {
    var state = state()
    let first = try state.waiter(Request(cost: .exactly(900)), at: 0)
    _ = try state.waiter(Request(cost: .exactly(100)), at: 0)
    #expect(reserved(state) == reserved(state))
    state.grant(chunk(1_000), of: .tokensPerMinute, at: 0)
    var said = Said()
    state.sayAll(at: 0, into: &said)
    #expect(said.admitted.count == 2 && said.admitted.first?.id == first)
  }

  @Test func expiredChunksAreNotOwed() {
    var state = state()
    state.grant(chunk(900, to: second), of: .tokensPerMinute, at: 0)
    #expect(state.owed(.tokensPerMinute, at: second - 1)?.reserved == 900 * Meter.micro)
    #expect(state.owed(.tokensPerMinute, at: second)?.reserved == 0)
    #expect(state.owed(.requestsPerMinute, at: 0) == nil)
  }
}
