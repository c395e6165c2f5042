import AdmissionSimulation
import RoutingSimulation
import Testing

/// The goals for routing at a small scale; `routing-simulation report` measures them over longer runs.
struct RoutingGoalTests {
  private func scenario(_ arrivals: SessionWorkload.Arrivals, minutes: Double = 16) -> RoutingScenario {
    RoutingScenario(seed: 2, scopes: RoutingScenario.small, SessionWorkload(arrivals), minutes: minutes, measuredFrom: 6)
  }

  private func ours(_ scenario: RoutingScenario) -> RoutingTally { RouteContender.bedquota.play(scenario) }

  @Test func aBacklogUsesAllQuotas() {
    var scenario = scenario(.closed(users: 2_000), minutes: 10)
    scenario.scopes = RoutingScenario.large
    let tally = ours(scenario)
    #expect(tally.deliveredShare >= 0.98)
    #expect(tally.throttledShare <= 0.0001)
  }

  @Test func conversationsKeepTheirCaches() {
    let scenario = scenario(.open(load: 0.8))
    let (ours, perfect) = (ours(scenario), RouteContender.perfectStickiness.play(scenario))
    #expect(ours.hitShare >= perfect.hitShare - 0.03, "\(ours.hitShare), \(perfect.hitShare)")
    #expect(ours.throttledShare <= 0.001)
  }

  /// Both want more than half, one of them ten times as much.
  @Test func keysShareAllScopes() {
    var scenario = scenario(.closed(users: 1_100), minutes: 20)
    scenario.workload.tenantShares = [10, 1]
    scenario.workload.think = .init(median: 3, sigma: 0.5, max: 60)
    let tally = ours(scenario)
    let share = Double(tally.byTenant[1]) / Double(tally.byTenant.reduce(0, +))
    #expect(abs(share - 0.5) <= 0.02, "\(share)")
  }

  /// The others can bear it all, and nobody is lost.
  @Test(arguments: [RoutingScenario.Fault.Kind.unavailable, .denied, .quota(factor: 0.5)])
  func aScopeInTroubleLosesNobody(kind: RoutingScenario.Fault.Kind) {
    var scenario = scenario(.open(load: 0.4))
    scenario.faults = [.init(kind, scope: 0, minutes: 8..<12)]
    scenario.isServedOut = true
    let tally = ours(scenario)
    #expect(tally.givenUp == 0)
    #expect(tally.failed < tally.attempts / 50, "\(tally.failed) of \(tally.attempts)")
    #expect(tally.wait(quantile: 0.99) < 60)
  }

  /// Nobody is without a favourite, so one of the conversations has to try the scopes that rest.
  @Test func longConversationsFindTheScopesThatAreBack() {
    var scenario = scenario(.closed(users: 140), minutes: 12)
    scenario.workload.sessionShare = 1
    scenario.workload.turns = 200...400
    scenario.workload.think = .init(median: 2, sigma: 0.5, max: 60)
    scenario.faults = [1, 2].map { .init(.unavailable, scope: $0, minutes: 0..<3) }
    #expect(ours(scenario).delivered[1...].allSatisfy { $0 > 0 })
    #expect(RouteContender.sticky(.init(price: .never)).play(scenario).delivered[1...] == [0, 0])
  }
}
