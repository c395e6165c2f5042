import AdmissionSimulation

/// Every conversation and every request has one scope, by its number and the quotas, and never leaves it: no cache is ever lost, and the
/// load of the scopes is as even as chance allows.
package struct PerfectStickiness: RoutePolicy {
  package init() {}

  package var usesLimiters: Bool { true }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    var random = Random(seed: request.session ?? ~UInt64(request.number))
    let place = random.unit() * Double(scopes.reduce(0) { $0 + $1.quota })
    var sum = 0.0
    for (scope, view) in scopes.enumerated() {
      sum += Double(view.quota)
      let cached = request.session == nil ? 0 : known[request.session!] ?? 0
      if place < sum { return RoutePlan(steps: [.init(after: 0, candidates: [.init(scope: scope, cached: cached)])]) }
    }
    return .send(scopes.count - 1)
  }

  private var known: [UInt64: Int64] = [:]

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {
    if case .served(let cached, _, _) = end, let session = request.session { known[session] = cached }
  }
}

/// One after the other.
package struct RoundRobin: RoutePolicy {
  private var last = -1

  package init() {}

  package var usesLimiters: Bool { true }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    last = (last + 1) % scopes.count
    return .send(last)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {}
}

/// Any, each as likely as its quota is large.
package struct RandomRoutes: RoutePolicy {
  private var random: Random

  package init(seed: UInt64) { random = Random(seed: seed) }

  package var usesLimiters: Bool { true }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    let place = random.unit() * Double(scopes.reduce(0) { $0 + $1.quota })
    var sum = 0.0
    for (scope, view) in scopes.enumerated() {
      sum += Double(view.quota)
      if place < sum { return .send(scope) }
    }
    return .send(scopes.count - 1)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {}
}

/// The one with the largest free part of its quota.
package struct LeastUsed: RoutePolicy {
  package init() {}

  package var usesLimiters: Bool { true }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    // Where nothing is free, who waits counts too.
    let free = scopes.map { $0.free - Double($0.waiting) * Double(request.reserved) / Double(max($0.quota, 1)) }
    return .send(free.indices.max { free[$0] < free[$1] } ?? 0)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {}
}
