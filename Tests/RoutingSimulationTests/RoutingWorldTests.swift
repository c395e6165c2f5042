import AdmissionControl
import RoutingSimulation
import Testing

/// The simulated Bedrock and the policies to compare with, against arithmetic by hand.
struct RoutingWorldTests {
  /// One scope, conversations only, and output that costs nothing.
  private func plainScenario(_ tune: (inout RoutingScenario) -> Void = { _ in }) -> RoutingScenario {
    var workload = SessionWorkload(.closed(users: 5))
    workload.sessionShare = 1
    workload.turns = 4...4
    workload.burndown = 0
    var scenario = RoutingScenario(seed: 3, scopes: [RoutingScenario.limits(perMinute: 2_000_000)], workload, minutes: 20)
    scenario.isServedOut = true
    scenario.measured = 0..<Int64.max
    tune(&scenario)
    return scenario
  }

  private func play(_ scenario: RoutingScenario, _ contender: RouteContender) -> RoutingTally {
    var simulation = RoutingSimulation(scenario, policy: contender.policy(scenario))
    let tally = simulation.run()
    #expect(simulation.violation == nil)
    return tally
  }

  @Test func cacheReadsCostNothingInTheEnd() {
    let tally = play(plainScenario(), .perfectStickiness)
    #expect(tally.served > 100)
    #expect(tally.delivered[0] == tally.prompts - tally.reads)
    // Three of four requests read all but the last turn.
    #expect((0.6..<0.75).contains(tally.hitShare), "\(tally.hitShare)")
  }

  @Test func aCacheEndsAfterItsLifetime() {
    let tally = play(plainScenario { $0.cacheSeconds = 0.1 }, .perfectStickiness)
    #expect(tally.reads == 0)
  }

  @Test func aShortPrefixIsNotCached() {
    let tally = play(plainScenario { $0.cachedMin = 1_000_000 }, .perfectStickiness)
    #expect(tally.reads == 0)
  }

  private func threeScopes(_ load: Double, minutes: Double = 12) -> RoutingScenario {
    RoutingScenario(
      seed: 5, scopes: RoutingScenario.small, SessionWorkload(.open(load: load)), minutes: minutes, measuredFrom: 4)
  }

  @Test func failoverStaysWithTheFirstUntilA429() {
    let tally = play(threeScopes(0.1), .failover)
    #expect(tally.throttled == 0 && tally.delivered[0] > 0 && tally.delivered[1...] == [0, 0])
    #expect(play(threeScopes(0.9), .failover).throttledShare > 0.02)
  }

  @Test func roundRobinLosesMostOfTheCaches() {
    let (round, perfect) = (play(threeScopes(0.2), .roundRobin), play(threeScopes(0.2), .perfectStickiness))
    #expect(round.hitShare < perfect.hitShare - 0.1)
    #expect(round.tokensPerRequest > 1.5 * perfect.tokensPerRequest)
  }
}
