import AdmissionControl
import AdmissionSimulation
import Testing

/// Two callers with equal shares and unequal demand, in virtual time: mixed sizes, a server that counts, and faults.
struct TenantShareTests {
  /// 220 workers of one and 22 of the other, each with its next request ready when the last is over, on a quota that 16 would fill.
  private func scenario(seed: UInt64, faults: [Fault] = []) -> Scenario {
    var workload = Workload(.closed(workers: 242))
    workload.tenants = [.init(number: 0, share: 10), .init(number: 1, share: 1)]
    workload.input = .init(median: 2_000, sigma: 0.9, max: 20_000)
    var scenario = Scenario(
      seed: seed, .bucket60, limits: [Limit(.tokensPerMinute, 400_000), Limit(.requestsPerMinute, 10_000)], workload, minutes: 40,
      measuredFrom: 5)
    scenario.faults = faults
    scenario.isServedOut = false
    return scenario
  }

  private func share(_ tally: Tally) -> Double { Double(tally.byTenant[1]) / Double(tally.byTenant[0] + tally.byTenant[1]) }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func tenTimesTheDemandGetsNoMore(seed: UInt64) {
    let tally = Contender.ours(.bucket).play(scenario(seed: seed))
    #expect(abs(share(tally) - 0.5) <= 0.01, "\(tally.byTenant)")
    #expect(tally.utilisation >= 0.95)
  }

  /// Throttled requests go back into the queue, and replies fail.
  @Test(arguments: [4, 5, 6] as [UInt64])
  func faultsChangeNothing(seed: UInt64) {
    let always = Int64(5 * 60e9)...Int64(40 * 60e9)
    let faults = [Fault.Kind.groundlessRefusals(0.02), .noCapacity(0.02), .cuts(0.02), .missingUsage(0.05)].map {
      Fault($0, from: always.lowerBound, to: always.upperBound)
    }
    let tally = Contender.ours(.bucket).play(scenario(seed: seed, faults: faults)) { $0.sharesQueue = true }
    #expect(tally.throttled > 0)
    #expect(abs(share(tally) - 0.5) <= 0.02, "\(tally.byTenant)")
  }
}
