import AdmissionControl
import Testing

struct DrainTests {
  @Test func takesNoNewOnesAndFinishesTheOthers() throws {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 0)
    let running = try state.granted(.exactly(1_000), at: 0)
    let waiting = try state.waiter(Request(cost: .exactly(1_000)), at: 0)
    state.drain(at: 0)
    #expect(state.snapshot().isDraining)
    #expect(state.arrive(Request(cost: .exactly(1)), at: 0).refusal == .draining)
    #expect(state.tryArrive(Request(cost: .exactly(1)), at: 0)?.refusal == .draining)
    var said = Said()
    state.run(from: 0, to: minute, into: &said)
    #expect(said.admitted.map(\.id) == [waiting])
    #expect(!state.isIdle)
    state.settle(running, .throttled(.tokens), at: minute)
    // It was in flight, so it may be retried.
    #expect(state.arrive(Request(cost: .exactly(1), isRetry: true), at: minute).refusal == nil)
  }

  @Test func isIdleWhenAllHasEnded() throws {
    var state = AdmissionState(.plain([Limit(.tokensPerMinute, 60_000)]), at: 0)
    let running = try state.granted(.exactly(1_000), at: 0)
    let waiting = try state.waiter(Request(cost: .exactly(1_000)), at: 0)
    state.drain(at: 0)
    state.settle(running, .completed(.zero), at: 0)
    #expect(!state.isIdle)
    _ = state.cancel(waiting, at: 0)
    #expect(state.isIdle)
  }
}
