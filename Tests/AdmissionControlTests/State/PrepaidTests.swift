import AdmissionControl
import Testing

/// A limiter whose units a store grants.
struct PrepaidTests {
  private func state(_ limits: Limit...) -> AdmissionState {
    var configuration = LimiterConfiguration(limits: limits, profile: .auto)
    configuration.isPrepaid = true
    return AdmissionState(configuration, at: 0)
  }

  private func chunk(_ units: Int64, from start: Int64 = 0) -> PrepaidChunk {
    PrepaidChunk(reserved: units, predicted: units, startsAt: start, expiresAt: start + minute)
  }

  @Test func nothingGoesBeforeTheStoreGrantsIt() throws {
    var state = state(Limit(.tokensPerMinute, 60_000))
    let waiter = try state.waiter(Request(cost: .exactly(900)), at: 0)
    var said = Said()
    state.run(from: 0, to: 10 * minute, into: &said)
    #expect(said.admitted.isEmpty && state.wakeAt == nil)

    let now = 10 * minute
    state.grant(chunk(900, from: now + second), of: .tokensPerMinute, at: now)
    state.run(from: now, to: now + minute, into: &said)
    #expect(said.admitted.map(\.id) == [waiter])
    #expect(said.admitted.map(\.at) == [now + second])
  }

  @Test func settlementsLowerTheDebtAndAdmitNobody() throws {
    var state = state(Limit(.tokensPerMinute, 60_000))
    state.grant(chunk(900), of: .tokensPerMinute, at: 0)
    let lease = try state.granted(.exactly(900), at: 0)
    #expect(state.owed(.tokensPerMinute) == PrepaidDebt(reserved: 900 * Meter.micro, predicted: 900 * Meter.micro))
    _ = try state.waiter(Request(cost: .exactly(100)), at: 0)
    state.settle(lease, .completed(Amounts(tokens: 300)), at: second)
    let action = state.next(at: second)
    #expect(action == nil)
    #expect(state.owed(.tokensPerMinute) == PrepaidDebt(reserved: 300 * Meter.micro, predicted: 300 * Meter.micro))
  }

  @Test(arguments: [Outcome.cancelled, .throttled(.tokens)])
  func whatWasNotServedIsOwedNoLonger(outcome: Outcome) throws {
    var state = state(Limit(.tokensPerMinute, 60_000), Limit(.requestsPerMinute, 60))
    state.grant(chunk(900), of: .tokensPerMinute, at: 0)
    state.grant(chunk(1), of: .requestsPerMinute, at: 0)
    let lease = try state.granted(.exactly(900), at: 0)
    state.settle(lease, outcome, at: 0)
    for measure in [Measure.tokensPerMinute, .requestsPerMinute] {
      #expect(state.owed(measure) == PrepaidDebt(reserved: 0, predicted: 0))
    }
  }

  /// A request needs every gate's grant, and concurrency is counted here.
  @Test func allGatesMustHaveRoom() throws {
    var state = state(Limit(.tokensPerMinute, 60_000), Limit(.requestsPerMinute, 60), Limit(.concurrency, 1))
    state.grant(chunk(2_000), of: .tokensPerMinute, at: 0)
    #expect(state.lease(.exactly(900), at: 0) == nil)
    state.grant(chunk(2), of: .requestsPerMinute, at: 0)
    let lease = try state.granted(.exactly(900), at: 0)
    #expect(state.lease(.exactly(900), at: 0) == nil)
    state.settle(lease, .completed(Amounts(tokens: 900)), at: 0)
    #expect(state.lease(.exactly(900), at: 0) != nil)
    #expect(state.owed(.concurrency) == nil)
    for measure in [Measure.concurrency, .tokensPerDay] {
      let isAccepted = state.grant(chunk(1), of: measure, at: 0)
      #expect(!isAccepted)
    }
  }

  /// A store that shares requests in flight is owed each of them, and what it granted and nobody used.
  @Test(arguments: [Outcome.completed(Amounts(tokens: 100)), .cancelled, .throttled(.tokens), .failed(used: .zero)])
  func placesAreOwedWhileRequestsRun(outcome: Outcome) throws {
    var configuration = LimiterConfiguration(limits: [Limit(.tokensPerMinute, 60_000), Limit(.concurrency, 10)])
    configuration.isPrepaid = true
    configuration.sharesConcurrency = true
    var state = AdmissionState(configuration, at: 0)
    state.grant(chunk(2_000), of: .tokensPerMinute, at: 0)
    #expect(state.lease(.exactly(900), at: 0) == nil)
    for _ in 0..<3 { _ = try state.waiter(Request(cost: .exactly(100)), at: 0) }
    let isAccepted = state.grant(chunk(2), of: .concurrency, at: 0)
    #expect(isAccepted && state.owed(.concurrency)?.reserved == 2 * Meter.micro)
    // Each counts as one, whatever it costs.
    #expect(state.uncovered(10, at: 0).count == 1)
    guard case .admit(_, let lease)? = state.next(at: 0) else {
      Issue.record("Nobody was admitted.")
      return
    }
    #expect(state.owed(.concurrency)?.reserved == 2 * Meter.micro)
    state.settle(lease, outcome, at: 0)
    #expect(state.owed(.concurrency)?.reserved == Meter.micro)
    // What was sent elsewhere has ended, and holds no place.
    state.debit(Amounts(tokens: 5), at: 0)
    #expect(state.owed(.concurrency)?.reserved == Meter.micro)
    state.giveBack(at: 0)
    #expect(state.owed(.concurrency)?.reserved == 0)
  }

  @Test func whatIsNotUsedCanBeGivenBack() throws {
    var state = state(Limit(.tokensPerMinute, 60_000))
    state.grant(chunk(2_000), of: .tokensPerMinute, at: 0)
    _ = try state.granted(.exactly(900), at: 0)
    state.giveBack(at: 0)
    #expect(state.owed(.tokensPerMinute)?.reserved == 900 * Meter.micro)
    #expect(state.lease(.exactly(100), at: 0) == nil)
  }

  /// More than the limit is refused at once, with or without a store.
  @Test func whatNeverFitsIsRefused() {
    var state = state(Limit(.tokensPerMinute, 60_000))
    #expect(state.arrive(Request(cost: .exactly(60_001)), at: 0).refusal?.code == .neverFits)
  }
}
