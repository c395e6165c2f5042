/// Conversations stay where their cache is, and leave it by a rule that looks at their own wait alone, if at all.
package struct StickyRoutes: RoutePolicy {
  /// What can differ, to compare rules.
  package struct Rule: Sendable, Hashable {
    package enum Placement: Sendable, Hashable {
      /// The first scope with room, in the order given.
      case inOrder
      /// The scope with the shortest wait, and of equal ones the one with the largest free part.
      case leastWait
    }

    /// When a conversation leaves the scope that has its cache.
    package enum Price: Sendable, Hashable {
      /// When its own wait is longer than all other scopes together take to refill what the lost cache costs, so many times.
      case ownWait(Double)
      case never
    }

    package var placement: Placement
    package var price: Price

    package init(placement: Placement = .inOrder, price: Price = .ownWait(1)) {
      self.placement = placement
      self.price = price
    }
  }

  /// The scope that answered a conversation last, and what it has in its cache.
  private struct Prefix: Sendable {
    var scope: Int
    var cached: Int64
    var until: Int64
  }

  private struct Rest: Sendable {
    var until: Int64 = .min
    /// Nanoseconds; doubled each time.
    var length: Int64 = 0
    /// Whether a request was let through to see whether the scope is back.
    var isTried = false
  }

  private let rule: Rule
  /// Nanoseconds.
  private let lifetime: Int64
  private var prefixes: [UInt64: Prefix] = [:]
  private var rests: [Rest]

  package init(_ rule: Rule = Rule(), scopes: Int, cacheSeconds: Double = 300) {
    self.rule = rule
    lifetime = Int64(cacheSeconds * 1e9)
    rests = Array(repeating: Rest(), count: scopes)
  }

  package var usesLimiters: Bool { true }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    let known = request.session.flatMap { prefixes[$0] }
    let home = known.flatMap { $0.until > now && $0.cached > 0 ? $0 : nil }
    if let home, isLive(home.scope, at: now) { return stay(at: home, eta, scopes, at: now) }
    let live = rests.indices.filter { isLive($0, at: now) }
    guard !live.isEmpty else {
      let first = rests.indices.min { rests[$0].until < rests[$1].until } ?? 0
      return .send(first, after: max(1, rests[first].until - now))
    }
    if let tried = live.first(where: { rests[$0].length > 0 }) {
      beginTrying(tried, at: now)
      return .send(tried)
    }
    let placed = place(live, scopes) { eta($0, 0) }
    return RoutePlan(steps: [.init(after: 0, candidates: placed.map { .init(scope: $0) })])
  }

  private mutating func stay(
    at home: Prefix, _ eta: (_ scope: Int, _ cached: Int64) -> Int64, _ scopes: [ScopeView], at now: Int64
  ) -> RoutePlan {
    let here = eta(home.scope, home.cached)
    let others = scopes.indices.filter { $0 != home.scope && isLive($0, at: now) }
    var moves: [(after: Int64, there: Int64, scope: Int)] = []
    for scope in others {
      guard let worth = worth(home.cached, of: others, scopes) else { continue }
      let there = eta(scope, 0)
      let isNow = here - there > worth
      // After a rest only a request that moves at once tries the scope, so that it is one.
      if rests[scope].length > 0 {
        guard isNow else { continue }
        beginTrying(scope, at: now)
      }
      moves.append((isNow ? 0 : max(worth, 1), there, scope))
    }
    if rests[home.scope].length > 0 { beginTrying(home.scope, at: now) }
    let stay = RoutePlan.Step(after: 0, candidates: [.init(scope: home.scope, cached: home.cached)])
    return RoutePlan(steps: [stay] + moves.sorted(by: <).map { .init(after: $0.after, candidates: [.init(scope: $0.scope)]) })
  }

  /// Whether a scope doesn't rest, or its rest is over and it is to be tried.
  private func isLive(_ scope: Int, at now: Int64) -> Bool { rests[scope].until <= now }

  /// One request tries a scope, and the others wait for what comes of it.
  private mutating func beginTrying(_ scope: Int, at now: Int64) {
    rests[scope].until = now + rests[scope].length
    rests[scope].isTried = true
  }

  /// Nanoseconds that a request waits rather than lose a cache, which all other scopes together would refill in that time; nil: any time.
  private func worth(_ cached: Int64, of others: [Int], _ scopes: [ScopeView]) -> Int64? {
    switch rule.price {
    case .never: nil
    case .ownWait(let times): Int64(times * Double(cached) / others.reduce(0) { $0 + scopes[$1].tokensPerNanosecond })
    }
  }

  private func place(_ live: [Int], _ scopes: [ScopeView], eta: (Int) -> Int64) -> [Int] {
    guard rule.placement == .leastWait, live.count > 1 else { return live }
    let waits = live.map { (scope: $0, eta: eta($0), free: scopes[$0].free) }
    return waits.sorted { ($0.eta, -$0.free, $0.scope) < ($1.eta, -$1.free, $1.scope) }.map(\.scope)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {
    switch end {
    case .served(let cached, _, _):
      // A reply to a request that was sent before the trouble began says nothing about it.
      if rests[scope].until <= now || rests[scope].isTried { rests[scope] = Rest() }
      if let session = request.session {
        prefixes[session] = Prefix(scope: scope, cached: cached, until: now + lifetime)
      }
    case .throttled: break
    case .unavailable: rest(scope, first: 1, most: 30, at: now)
    case .denied: rest(scope, first: 10, most: 300, at: now)
    case .dayExhausted: rest(scope, first: 60, most: 1_800, at: now)
    }
  }

  /// - Parameters: the length of the first rest and of the longest, in seconds.
  private mutating func rest(_ scope: Int, first: Int64, most: Int64, at now: Int64) {
    // Requests that were in flight already say nothing new.
    guard rests[scope].length == 0 || rests[scope].isTried else { return }
    let length = min(max(2 * rests[scope].length, first * 1_000_000_000), most * 1_000_000_000)
    rests[scope] = Rest(until: now + length, length: length)
  }
}
