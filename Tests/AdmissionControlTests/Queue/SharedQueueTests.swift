import AdmissionControl
import Testing

/// No tenant takes the places of the others.
struct SharedQueueTests {
  private func busy(waitersMax: Int, isShared: Bool = true) -> AdmissionState {
    var configuration = LimiterConfiguration.plain([Limit(.tokensPerMinute, 60_000)])
    configuration.waitersMax = waitersMax
    configuration.sharesQueue = isShared
    configuration.queueWaitMax = .seconds(1_000_000)
    var state = AdmissionState(configuration, at: 0)
    _ = state.lease(.exactly(1_000), at: 0)
    return state
  }

  private func request(_ tenant: UInt32, priority: Int = 0) -> Request {
    Request(cost: .exactly(100), priority: priority, tenant: tenant)
  }

  private func flood(_ state: inout AdmissionState, _ tenant: UInt32) -> Int {
    (0..<1_000).count { state.arrive(request(tenant, priority: $0 % 3), at: 0).waiter != nil }
  }

  @Test func aFloodGetsNobodyElseRefused() {
    var state = busy(waitersMax: 100)
    #expect(flood(&state, 1) == 50)
    for tenant: UInt32 in 2..<27 { #expect(state.arrive(request(tenant), at: 0).waiter != nil) }
    let refusal = state.arrive(request(1), at: 0).refusal
    #expect(refusal?.code == .queueFull)
    #expect(refusal?.waiting == 50)
    #expect(refusal?.isForTenant == true)
  }

  @Test func severalFloodsLeaveRoomToo() {
    var state = busy(waitersMax: 1_000)
    let parts = (1...4).map { flood(&state, $0) }
    #expect(parts == [500, 250, 125, 63])
    #expect(state.arrive(request(9), at: 0).waiter != nil)
    // Once the first ones have gone, the parts become equal.
    var said = Said()
    state.run(from: 0, to: 3 * minute, into: &said)
    #expect(state.snapshot().waiting < 1_000)
  }

  /// A request that the service throttled had its place already.
  @Test func aRetryFindsRoom() {
    var state = busy(waitersMax: 100)
    _ = flood(&state, 1)
    let retry = Request(cost: .exactly(100), tenant: 1, isRetry: true)
    #expect(state.arrive(retry, at: 0).waiter != nil)
  }

  @Test func aLimiterOfOneProgramUsesItsWholeQueue() {
    var state = busy(waitersMax: 100, isShared: false)
    #expect(flood(&state, 1) == 100)
    #expect(state.arrive(request(2), at: 0).refusal == .queueFull(waiters: 100))
  }
}
