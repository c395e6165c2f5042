/// A routing policy by name, and a run with it.
package enum RouteContender: Sendable, Hashable {
  case ours(OurRoutes.Rule)
  case perfectStickiness
  case roundRobin
  case random
  case leastUsed
  case failover
  case usageBased

  package static let all: [RouteContender] = [
    .ours(.init()), .perfectStickiness, .ownWait, .leastUsed, .random, .roundRobin, .usageBased, .failover,
  ]

  /// The rule that looks at a request's own wait alone.
  package static let ownWait = RouteContender.ours(.init(price: .ownWait(1)))

  package var name: String {
    switch self {
    case .ownWait: "sticky, own wait only"
    case .ours: "Bedquota"
    case .perfectStickiness: "perfect stickiness"
    case .roundRobin: "round robin"
    case .random: "random"
    case .leastUsed: "least used"
    case .failover: "failover after 429"
    case .usageBased: "usage-based, as LiteLLM"
    }
  }

  package func policy(_ scenario: RoutingScenario) -> any RoutePolicy {
    switch self {
    case .ours(let rule): OurRoutes(rule, scopes: scenario.scopes.count, cacheSeconds: scenario.cacheSeconds)
    case .perfectStickiness: PerfectStickiness()
    case .roundRobin: RoundRobin()
    case .random: RandomRoutes(seed: scenario.seed)
    case .leastUsed: LeastUsed()
    case .failover: FailoverRoutes(seed: scenario.seed)
    case .usageBased: UsageBasedRoutes(seed: scenario.seed, scopes: scenario.scopes.count)
    }
  }

  package func play(_ scenario: RoutingScenario) -> RoutingTally {
    var simulation = RoutingSimulation(scenario, policy: policy(scenario))
    return simulation.run()
  }
}
