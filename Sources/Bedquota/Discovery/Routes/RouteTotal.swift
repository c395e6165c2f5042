import BedrockQuotas

/// What the pools of a model's routes allow together, each pool once.
package struct RouteTotal: Sendable {
  /// One pool's share.
  package struct Part: Sendable, Equatable {
    package var pool: Int
    package var scope: QuotaScope
    /// Quota tokens per minute.
    package var tokens: Double
  }

  /// The pools of bedrock-runtime whose quota of tokens per minute is known and that a usable route leads to.
  package var parts: [Part] = []
  /// The pools of bedrock-runtime with a usable route and no known quota of tokens per minute.
  package var unknown: [Int] = []
  /// Input and output tokens per minute of bedrock-mantle, which counts them apart; nil if no quota is known.
  package var mantle: (input: Double, output: Double)?
  /// Quotas per day that several pools of a place share, by their codes.
  package var shared: [Shared] = []

  /// A quota that several pools share.
  package struct Shared: Sendable, Equatable {
    package var code: String
    package var name: String
    package var pools: [Int]
  }

  /// Quota tokens per minute over ``parts``; nil if there is none.
  package var tokensPerMinute: Double? { parts.isEmpty ? nil : parts.reduce(0) { $0 + $1.tokens } }

  /// - Parameter answers: the routes of one model in several places, their pools numbered through.
  package init(_ answers: [ModelRoutes]) {
    // Two names of one account in one Region have the same quotas.
    var seen: Set<String> = []
    for routes in answers {
      if let account = routes.accountID, !seen.insert("\(account) \(routes.region)").inserted { continue }
      add(routes)
    }
  }

  private mutating func add(_ routes: ModelRoutes) {
    let usable = Set(routes.routes.filter(\.isUsable).compactMap(\.pool))
    let pools = routes.pools.filter { usable.contains($0.number) }
    for pool in pools where pool.endpoint == .runtime {
      if let tokens = pool.limit(.tpm)?.value {
        parts.append(Part(pool: pool.number, scope: pool.resolution.scope, tokens: tokens))
      } else {
        unknown.append(pool.number)
      }
    }
    for pool in pools where pool.endpoint == .mantle {
      guard let input = pool.limit(.inputTPM)?.value, let output = pool.limit(.outputTPM)?.value else { continue }
      mantle = ((mantle?.input ?? 0) + input, (mantle?.output ?? 0) + output)
    }
    let daily = pools.flatMap { pool in
      pool.limits.filter { $0.quota.name.measure == .tpd }.map { (pool: pool.number, quota: $0.quota) }
    }
    for (code, group) in Dictionary(grouping: daily, by: \.quota.code).sorted(by: { $0.key < $1.key }) where group.count > 1 {
      shared.append(Shared(code: code, name: group[0].quota.name.text, pools: group.map(\.pool)))
    }
  }
}
