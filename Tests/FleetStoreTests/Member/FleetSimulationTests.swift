import AdmissionSimulation
import FleetSimulation
import Testing

/// Whole fleets in virtual time; the program fleet-simulation plays more of them.
struct FleetSimulationTests {
  private let short = FleetScenario().with {
    $0.members = 4
    $0.seconds = 180
    $0.warmUp = 60
  }

  @Test func aSaturatedFleetUsesTheQuotaEvenly() {
    let tally = FleetRun.play(short)
    #expect(tally.delivered > 0.95 && tally.throttled == 0 && tally.fairness > 0.99 && tally.violation == nil)
  }

  @Test(arguments: [4, 32])
  func aFleetOnDynamoDBUsesTheQuotaEvenly(members: Int) {
    let tally = FleetRun.play(
      short.with {
        $0.store = .dynamoDB
        $0.storeSeconds = 0.008
        $0.members = members
      })
    #expect(tally.delivered > 0.95 && tally.throttled == 0 && tally.fairness > 0.98 && tally.violation == nil)
    #expect(tally.writes < (members == 4 ? 3.5 : 7))
  }

  /// In a process full of batch work, beside 31 others that are too. With one ticket for all of a process, it waits for its turn.
  @Test(arguments: [true, false])
  func anUrgentRequestDoesNotWaitBehindBatchWork(hasFlows: Bool) {
    let tally = FleetRun.play(
      short.with {
        $0.members = 32
        $0.demand = .tiers(members: 1, load: 0.05)
        $0.hasFlows = hasFlows
        $0.seconds = 240
      })
    #expect(tally.delivered > 0.95 && tally.throttled == 0 && tally.violation == nil)
    // Of so few requests, a quantile of 0.99 is the longest wait of all.
    #expect((tally.wait(quantile: 0.95) <= 2) == hasFlows, "\(tally.wait(quantile: 0.95)) s")
    // The batch work of all members has equal parts, whatever else they have.
    if hasFlows { #expect(tally.fairness > 0.97) }
  }

  @Test func flowsSurviveWhatMembersSurvive() {
    let tally = FleetRun.play(
      short.with {
        $0.members = 8
        $0.demand = .tiers(members: 2, load: 0.2)
        $0.hasFlows = true
        $0.seconds = 300
        $0.faults = [
          (70, .failover(lostSeconds: 1)), (90, .flush), (110, .deafen(0..<2)), (113, .mend),
          (130, .storeDown), (160, .storeUp),
        ]
      })
    #expect(tally.throttledShare < 0.01 && tally.violation == nil)
    #expect(tally.delivered(200..<300) > 0.9)
  }

  @Test func anOutageIsBridged() {
    let tally = FleetRun.play(short.with { $0.faults = [(100, .storeDown), (160, .storeUp)] })
    #expect(tally.delivered(107..<160) > 0.75 && tally.throttled == 0 && tally.violation == nil)
  }

  /// The checks notice a fleet whose model of the service is wrong.
  @Test func theWrongProfileIsThrottled() {
    #expect(FleetRun.play(short.with { $0.semantics = .rolling60 }).throttledShare > 0.01)
  }

  @Test(arguments: [0, 1] as [UInt64])
  func everyRuleHoldsWithPriorities(seed: UInt64) {
    let run = FleetSeedRun(seed: seed, hasFlows: true)
    #expect(run.violation == nil, "\(run.plan.summary)")
  }

  @Test(arguments: [0, 74] as [UInt64])
  func everyRuleHoldsInRandomScenarios(seed: UInt64) {
    let run = FleetSeedRun(seed: seed)
    #expect(run.violation == nil, "\(run.plan.summary)")
  }
}
