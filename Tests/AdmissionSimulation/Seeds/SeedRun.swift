import AdmissionControl

/// The run of one seed, and the first rule that it broke.
package struct SeedRun: Sendable {
  package let seed: UInt64
  package let plan: SeedPlan
  package let tally: Tally
  package let violation: String?
  /// Requests that arrived, measured or not.
  package let requests: Int
  /// Whether the run allows a judgement about the use of the quota.
  package let judgesUse: Bool

  /// - Parameters:
  ///   - minutes: of virtual time.
  ///   - sampleSeconds: how often to note how things stand; nil: never.
  package init(seed: UInt64, minutes: Double, sampleSeconds: Int64? = nil) {
    self.seed = seed
    var plan = SeedPlan(seed: seed, minutes: minutes)
    plan.scenario.sampleNanoseconds = sampleSeconds.map { $0 * 1_000_000_000 }
    self.plan = plan
    let workload = plan.scenario.workload
    var simulation = Simulation(plan.scenario) { client in
      LimiterPolicy(
        plan.configuration, isAudited: true, isForetold: workload.isForetold, tiers: workload.priorities,
        tenants: workload.tenants.count, seed: seed &+ UInt64(client))
    }
    tally = simulation.run()
    requests = simulation.arrived
    judgesUse = Self.judges(plan, tally)
    violation =
      simulation.violation ?? (judgesUse ? Self.underuse(plan, tally) : nil) ?? Self.refusals(plan, tally)
  }

  /// Whether the profile is the most permissive that is safe with the server; `auto` may have changed its window.
  private static func matches(_ plan: SeedPlan) -> Bool {
    switch plan.configuration.profile {
    case .bucket: plan.scenario.semantics == .bucket60
    case .strict: Semantics.plain.contains(plan.scenario.semantics)
    default: plan.scenario.semantics == .bucket60 && plan.scenario.faults.isEmpty
    }
  }

  /// What unused reservations occupy: seconds × tokens, as a share of a minute × the final costs.
  private static func occupation(_ tally: Tally) -> Double {
    tally.settled.tokens == 0 ? 0 : tally.outSum / (60 * Double(tally.settled.tokens))
  }

  /// Whether the largest request takes no more than a share of a client's limit.
  private static func fits(_ plan: SeedPlan, _ share: Double) -> Bool {
    plan.scenario.ownLimits.allSatisfy {
      $0.measure == .requestsPerMinute ? $0.value >= 60 : plan.scenario.workload.reservedMax < share * Double($0.value)
    }
  }

  private static func judges(_ plan: SeedPlan, _ tally: Tally) -> Bool {
    let scenario = plan.scenario
    let seconds = Double(scenario.measured.upperBound - scenario.measured.lowerBound) / 1e9
    guard plan.heals, plan.hasOneLimit, matches(plan), seconds >= 120, scenario.measured.lowerBound >= 60_000_000_000 else {
      return false
    }
    // A small window that others fill at random has room for nobody who wants all of the rest.
    let isShared = scenario.faults.contains { if case .foreign = $0.kind { $0.to == .max } else { false } }
    if isShared, scenario.semantics.secondsMax < 60 { return false }
    guard case .closed = scenario.workload.arrivals, tally.idleMoments == 0, tally.started >= 50 else { return false }
    // Less than three of the largest requests at once: the limit may stand idle while one waits for room. `goals` has floors for that.
    let fits = fits(plan, plan.configuration.profile == .strict ? 0.25 * 1.9 / 60 : 1.0 / 3)
    return fits && occupation(tally) < 0.5 && plan.configuration.learnsLimits
  }

  /// I10: 97 % of the real limit, less the noise of a finite number of requests.
  private static func underuse(_ plan: SeedPlan, _ tally: Tally) -> String? {
    let scenario = plan.scenario
    // Random traffic of other clients makes some distance from the limit necessary.
    let isShared = scenario.faults.contains { if case .foreign = $0.kind { $0.to == .max } else { false } }
    var goal = isShared ? 0.92 : 0.97
    if plan.configuration.profile == .strict { goal *= min(1, 1 / (60.3 / 60 + occupation(tally))) }
    let isTokens = scenario.limits.contains { $0.measure == .tokensPerMinute }
    let count = Double(max(tally.started, 1))
    let supplied = tally.supplied.map(\.amount).max() ?? 1
    let seconds = Double(scenario.measured.upperBound - scenario.measured.lowerBound) / 1e9
    let inFlight = count / seconds * scenario.workload.secondsMean
    let root = (tally.finalSquares / count).squareRoot()
    let noise = isTokens ? (2 * Double(tally.finalMax) + 3 * inFlight.squareRoot() * root) / supplied : 3 / supplied
    let grain =
      plan.configuration.profile == .strict && isTokens
      ? scenario.workload.reservedMax * Double(scenario.clients) / supplied : 0
    // The remainder of a limit that can't be divided evenly is unused.
    let parts = scenario.limits.map {
      Double(Scenario.part($0.value, of: scenario.clients) * Int64(scenario.clients)) / Double($0.value)
    }
    let use = tally.utilisation / (parts.min() ?? 1)
    guard use < goal - noise - grain else { return nil }
    return "I10: \(use) of the real limit used, \(goal) wanted, \(noise + grain) allowed for chance"
  }

  /// I11: without faults, a server with the assumed semantics throttles nothing.
  private static func refusals(_ plan: SeedPlan, _ tally: Tally) -> String? {
    let scenario = plan.scenario
    guard scenario.faults.isEmpty, matches(plan), tally.throttled > 0 else { return nil }
    // Where a reservation is larger than what is kept back, the order in which messages pass each other matters.
    let fits = fits(plan, plan.configuration.profile == .strict ? 1.9 / 60 : 0.05)
    return fits ? "I11: \(tally.throttled) refused of \(tally.started), without any fault" : nil
  }
}
