package import AdmissionControl

/// A policy by name, and a run with it.
package enum Contender: Sendable, Hashable {
  case naive
  case jitteredRetry
  case botocoreAdaptive
  /// At this share of the quota.
  case evenSpacing(percent: Int)
  case ours(LimiterConfiguration.Profile)
  case greedyOracle

  package static let peers: [Contender] = [
    .naive, .jitteredRetry, .botocoreAdaptive, .evenSpacing(percent: 85), .ours(.bucket), .ours(.strict), .ours(.auto),
  ]

  package var name: String {
    switch self {
    case .naive: "naive"
    case .jitteredRetry: "retry, full jitter"
    case .botocoreAdaptive: "botocore adaptive"
    case .evenSpacing(let percent): "even spacing, \(percent) %"
    case .ours(let profile): "Bedquota, \(profile)"
    case .greedyOracle: "greedy oracle"
    }
  }

  /// - Parameter tune: changes a limiter's configuration, for ours.
  package func play(_ scenario: Scenario, tune: (inout LimiterConfiguration) -> Void = { _ in }) -> Tally {
    switch self {
    case .naive: return Self.run(scenario) { _ in Naive() }
    case .jitteredRetry: return Self.run(scenario) { JitteredRetry(seed: scenario.seed &+ UInt64($0)) }
    case .botocoreAdaptive: return Self.run(scenario) { BotocoreAdaptive(seed: scenario.seed &+ UInt64($0)) }
    case .evenSpacing(let percent):
      return Self.run(scenario) { _ in EvenSpacing(limits: scenario.ownLimits, share: Double(percent) / 100) }
    case .ours(let profile):
      var configuration = LimiterConfiguration(limits: scenario.ownLimits, profile: profile)
      tune(&configuration)
      let seed = scenario.seed
      return Self.run(scenario) { [configuration] in
        LimiterPolicy(configuration, isAudited: false, isForetold: scenario.workload.isForetold, seed: seed &+ UInt64($0))
      }
    case .greedyOracle:
      let quota = scenario.limits.first { $0.measure == .tokensPerMinute }?.value ?? 0
      return Self.run(scenario) { _ in
        GreedyOracle(scenario.semantics, quota: quota, reservesBurndown: scenario.reservesBurndown)
      }
    }
  }

  private static func run<P: Policy>(_ scenario: Scenario, _ policy: (Int) -> P) -> Tally {
    var simulation = Simulation(scenario, policy: policy)
    return simulation.run()
  }
}
