/// A routing policy by name, and a run with it.
package enum RouteContender: Sendable, Hashable {
  /// `RouteChooser`, as the router asks it.
  case bedquota
  case sticky(StickyRoutes.Rule)
  case perfectStickiness
  case roundRobin
  case random
  case leastUsed
  case failover
  case usageBased

  package static let all: [RouteContender] = [
    .bedquota, .perfectStickiness, .ownWait, .leastUsed, .random, .roundRobin, .usageBased, .failover,
  ]

  /// The rule that looks at a request's own wait alone.
  package static let ownWait = RouteContender.sticky(.init())

  package var name: String {
    switch self {
    case .bedquota: "Bedquota"
    case .sticky(let rule): rule.price == .never ? "sticky, never moves" : "sticky, own wait only"
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
    case .bedquota:
      ProductRoutes(quotas: scenario.scopes.indices.map { scenario.quota(of: $0) }, cacheSeconds: scenario.cacheSeconds)
    case .sticky(let rule): StickyRoutes(rule, scopes: scenario.scopes.count, cacheSeconds: scenario.cacheSeconds)
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
