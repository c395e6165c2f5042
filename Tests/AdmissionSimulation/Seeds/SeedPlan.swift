package import AdmissionControl

/// What a seed means: a scenario, a limiter for each of its clients, and what is expected of them.
package struct SeedPlan: Sendable {
  package var scenario: Scenario
  package var configuration: LimiterConfiguration
  /// Whether faults end halfway, so that the rest of the run must meet the goals.
  package var heals: Bool
  /// Whether one limit is far tighter than the others.
  package var hasOneLimit: Bool

  /// One line.
  package var summary: String {
    let limits = scenario.limits.map { "\($0.value) \($0.measure)" }.joined(separator: ", ")
    let faults = scenario.faults.map { fault in
      "\(fault.kind) \(fault.from / 1_000_000_000)–\(fault.to == .max ? "" : "\(fault.to / 1_000_000_000)") s"
    }
    return "\(scenario.semantics), \(configuration.profile), \(scenario.clients) × [\(limits)], \(scenario.workload.arrivals), "
      + "max_tokens \(scenario.workload.maxTokens), burndown \(scenario.workload.burndown); \(faults.joined(separator: ", "))"
  }

  /// - Parameter minutes: of virtual time in which requests arrive.
  package init(seed: UInt64, minutes: Double) {
    var random = Random(seed: seed)
    let semantics: Semantics = random.chance(0.5) ? .bucket60 : random.pick(Semantics.allCases)
    let clients = random.chance(0.6) ? 1 : 2 + random.below(3)
    // Requests per second that the quota allows.
    let rate = random.logWithin(0.3...10)
    var workload = Self.workload(rate: rate, &random)
    let fits = !random.chance(0.1)
    var quota = rate * 60 * workload.finalMean
    if fits {
      let needed = workload.reservedMax * Double(clients) * 60 / (0.9 * semantics.secondsMax)
      // A quota that holds its largest request might be one of very many small ones.
      if needed > quota * 4 { workload.maxTokens = .timesOutput(2) }
      quota = max(quota, min(needed, quota * 4), workload.reservedMax * Double(clients) * 60 / (0.9 * semantics.secondsMax))
    } else if random.chance(0.2) {
      quota = Double(random.below(3))
    }
    let (limits, hasOneLimit) = Self.limits(quota: Int64(quota), workload, &random)
    self.hasOneLimit = hasOneLimit
    scenario = Scenario(seed: random.next(), semantics, limits: limits, workload, minutes: minutes)
    scenario.clients = clients
    scenario.timeout = Int64(random.within(5...30) * 1e9)
    heals = random.chance(0.85)
    scenario.faults = Self.faults(clients: clients, end: heals ? scenario.end / 2 : scenario.end, &random)
    let calm = scenario.lastFault + 60_000_000_000
    if calm < scenario.end { scenario.measured = calm..<scenario.end }
    configuration = LimiterConfiguration(limits: scenario.ownLimits, profile: random.pick([.bucket, .bucket, .strict, .auto]))
    configuration.learnsLimits = !random.chance(0.15)
    configuration.waitersMax = random.chance(0.1) ? 5 + random.below(50) : 100_000
    configuration.queueWaitMax = .seconds(random.chance(0.1) ? random.within(5...120) : 3_600)
    for tenant in workload.tenants.dropFirst() { configuration.tenantWeights[tenant.number] = random.pick([1, 2, 3, 5]) }
  }

  private static func workload(rate: Double, _ random: inout Random) -> Workload {
    var workload = Workload(.closed(workers: 1))
    workload.input = Workload.Lengths(median: random.logWithin(200...6_000), sigma: random.within(0.1...0.8), max: 0)
    workload.input.max = workload.input.median * random.within(3...8)
    workload.output = Workload.Lengths(median: random.logWithin(50...600), sigma: random.within(0.2...0.9), max: 0)
    workload.output.max = workload.output.median * random.within(3...10)
    workload.maxTokens = random.pick([
      .timesOutput(4), .timesOutput(4), .timesOutput(4), .timesOutput(1), .timesOutput(2), .fixed(8_000), .fixed(8_000), .unset,
    ])
    workload.burndown = random.chance(0.3) ? 5 : 1
    workload.firstTokenSeconds = Workload.Lengths(median: random.logWithin(0.2...2), sigma: random.within(0.1...0.6), max: 8)
    workload.tokensPerSecond = random.logWithin(30...150)
    let latency = random.logWithin(0.002...0.08)
    workload.networkSeconds = latency * 0.7...latency * random.within(1...3)
    // Enough workers that a request always waits; or a random number.
    let workers = Int(3 * rate * workload.secondsMean + 5 * rate) + 20
    workload.arrivals = random.pick([
      .closed(workers: workers), .closed(workers: workers), .closed(workers: workers), .closed(workers: workers),
      .closed(workers: workers), .poisson(perSecond: rate * random.within(0.3...1.6)),
      .bursts(of: Int(rate * 20) + 1, everySeconds: 20 / random.within(0.3...1.4)),
    ])
    if random.chance(0.3) {
      workload.tenants = (0..<2 + random.below(2)).map { Workload.Tenant(number: UInt32($0), share: random.within(0.5...2)) }
    }
    workload.priorities = random.chance(0.25) ? 2 + random.below(2) : 1
    workload.impatientShare = random.chance(0.4) ? random.unit() : 0
    workload.patienceSeconds = 0.2...random.logWithin(1...60)
    workload.isForetold = random.chance(0.6)
    workload.isTrued = random.chance(0.2)
    workload.sulkSeconds = random.within(0.3...2)
    return workload
  }

  private static func limits(quota: Int64, _ workload: Workload, _ random: inout Random) -> (limits: [Limit], one: Bool) {
    let requests = Double(quota) / workload.finalMean
    // How far a second limit lies from the first.
    let ratio = random.logWithin(0.4...3)
    let perMinute = Limit(.requestsPerMinute, max(1, Int64(requests * ratio)))
    let isFar = ratio < 0.65 || ratio > 1.5
    switch random.below(20) {
    case 0..<9: return ([Limit(.tokensPerMinute, quota)], true)
    case 9..<12: return ([perMinute, Limit(.tokensPerMinute, quota)], isFar)
    case 12..<14:
      let day = Limit(.tokensPerDay, max(1, Int64(Double(quota) * random.logWithin(3...1_440))))
      return ([perMinute, Limit(.tokensPerMinute, quota), day], false)
    case 14..<16:
      // Each at least what the largest request needs, if that fits.
      let least = Double(quota) / max(requests, 1) * 8
      return (
        [
          Limit(.inputTokensPerMinute, Int64(max(requests * workload.input.mean(), min(Double(quota), least)))),
          Limit(
            .outputTokensPerMinute,
            Int64(max(requests * workload.outputMean * ratio, min(Double(quota), workload.reservedMax * 5)))),
        ], false
      )
    case 16..<18: return ([Limit(.requestsPerMinute, max(1, Int64(requests)))], true)
    default:
      return ([Limit(.tokensPerMinute, quota), Limit(.concurrency, Int64(random.logWithin(2...200)))], false)
    }
  }
}
