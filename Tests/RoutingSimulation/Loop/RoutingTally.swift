/// The result of a run, over the measured time.
package struct RoutingTally: Sendable {
  /// Final costs at the servers, by scope and by tenant, counted when requests end.
  package var delivered: [Int64]
  package var byTenant: [Int64]
  package var served = 0
  package var begun = 0
  package var givenUp = 0
  package var attempts = 0
  package var throttled = 0
  /// 503 and 403.
  package var failed = 0
  /// Input tokens of the conversations' requests, and those of them that came from a cache.
  package var prompts: Int64 = 0
  package var reads: Int64 = 0
  /// What the quotas brought in the measured time, by what the servers enforced.
  package var supplied = 0.0
  /// Seconds from a request's arrival to the sending of the attempt that was answered; for those without an answer, to the end.
  package var waits: [Float] = []

  init(scopes: Int, tenants: Int) {
    delivered = Array(repeating: 0, count: scopes)
    byTenant = Array(repeating: 0, count: tenants)
  }

  /// The sum of several runs of the same scopes and tenants.
  package static func sum(_ tallies: [RoutingTally]) -> RoutingTally {
    var sum = RoutingTally(scopes: tallies[0].delivered.count, tenants: tallies[0].byTenant.count)
    for tally in tallies {
      for scope in sum.delivered.indices { sum.delivered[scope] += tally.delivered[scope] }
      for tenant in sum.byTenant.indices { sum.byTenant[tenant] += tally.byTenant[tenant] }
      sum.served += tally.served
      sum.begun += tally.begun
      sum.givenUp += tally.givenUp
      sum.attempts += tally.attempts
      sum.throttled += tally.throttled
      sum.failed += tally.failed
      sum.prompts += tally.prompts
      sum.reads += tally.reads
      sum.supplied += tally.supplied
      sum.waits += tally.waits
    }
    return sum
  }

  package var deliveredShare: Double { supplied > 0 ? Double(delivered.reduce(0, +)) / supplied : 0 }
  package var throttledShare: Double { attempts == 0 ? 0 : Double(throttled) / Double(attempts) }
  package var hitShare: Double { prompts == 0 ? 0 : Double(reads) / Double(prompts) }
  /// Quota tokens for each request that was answered.
  package var tokensPerRequest: Double { served == 0 ? .nan : Double(delivered.reduce(0, +)) / Double(served) }

  /// The wait that this share of the requests did not exceed, in seconds.
  package func wait(quantile: Double) -> Double {
    let sorted = waits.sorted()
    return sorted.isEmpty ? 0 : Double(sorted[min(Int(quantile * Double(sorted.count)), sorted.count - 1)])
  }
}
