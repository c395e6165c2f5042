import Testing

@testable import Gateway

@Suite struct GatewayDrainTests {
  private let start = ContinuousClock.now

  @Test func theEndComesInSteps() {
    var drain = GatewayDrain(.init())
    #expect(drain.deadline == nil)
    #expect(drain.passed(at: start + .seconds(100_000)) == .none)
    #expect(drain.signalled(isInteractive: false, at: start) == .announce)
    #expect(drain.deadline == start + .seconds(5))
    #expect(drain.passed(at: start + .seconds(4)) == .none)
    #expect(drain.passed(at: start + .seconds(6)) == .finish)
    #expect(drain.deadline == start + .seconds(606))
    #expect(drain.passed(at: start + .seconds(606)) == .end)
    #expect(drain.phase == .ended && drain.deadline == nil)
    #expect(drain.signalled(isInteractive: false, at: start) == .none)
  }

  @Test(arguments: [0, 7]) func aSecondSignalEndsAtOnce(secondsLater: Int) {
    var drain = GatewayDrain(.init())
    _ = drain.signalled(isInteractive: false, at: start)
    _ = drain.passed(at: start + .seconds(secondsLater))
    #expect(drain.signalled(isInteractive: false, at: start + .seconds(secondsLater)) == .end)
  }

  @Test func whoSitsAtATerminalWaitsForNoLoadBalancer() {
    var drain = GatewayDrain(.init())
    #expect(drain.signalled(isInteractive: true, at: start) == .finish)
  }

  @Test func aDelayOfZeroIsNone() {
    var limits = GatewayDrain.Limits()
    limits.delay = .zero
    var drain = GatewayDrain(limits)
    #expect(drain.signalled(isInteractive: false, at: start) == .finish)
  }
}
