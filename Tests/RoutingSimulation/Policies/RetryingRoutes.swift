import AdmissionSimulation

/// Routers without limiters: they send at once, and try another scope after a 429 or an error. After a round of all scopes they pause
/// as clients do: up to 1, 2, 4, … 20 s, at random.
struct RetryRounds: Sendable {
  private static let roundsMax = 8
  private var random: Random

  init(seed: UInt64) { random = Random(seed: seed) }

  /// Nanoseconds before the next attempt; nil: give up.
  mutating func pause(_ request: RouteRequest, scopes: Int) -> Int64? {
    let (round, place) = request.failures.quotientAndRemainder(dividingBy: scopes)
    guard round < Self.roundsMax else { return nil }
    guard round > 0, place == 0 else { return 0 }
    return Int64(random.unit() * min(Double(1 << (round - 1)), 20) * 1e9)
  }
}

/// The first scope until it answers 429, then the next: what most programs with several Regions do.
package struct FailoverRoutes: RoutePolicy {
  private var rounds: RetryRounds

  package init(seed: UInt64) { rounds = RetryRounds(seed: seed) }

  package var usesLimiters: Bool { false }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    guard let pause = rounds.pause(request, scopes: scopes.count) else { return .giveUp }
    return .send(request.failures % scopes.count, after: pause)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {}
}

/// The scope with the fewest tokens in this minute, as replies report them; one that failed is left out for 5 s. LiteLLM's usage-based
/// routing works so.
package struct UsageBasedRoutes: RoutePolicy {
  private static let cooldown: Int64 = 5_000_000_000
  private var rounds: RetryRounds
  private var minute: Int64 = -1
  private var used: [Int64]
  private var coolUntil: [Int64]

  package init(seed: UInt64, scopes: Int) {
    rounds = RetryRounds(seed: seed)
    used = Array(repeating: 0, count: scopes)
    coolUntil = Array(repeating: .min, count: scopes)
  }

  package var usesLimiters: Bool { false }

  private mutating func move(to now: Int64) {
    guard now / 60_000_000_000 != minute else { return }
    minute = now / 60_000_000_000
    for scope in used.indices { used[scope] = 0 }
  }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    move(to: now)
    guard let pause = rounds.pause(request, scopes: scopes.count) else { return .giveUp }
    let cool = scopes.indices.filter { coolUntil[$0] <= now + pause }
    guard let scope = cool.min(by: { used[$0] < used[$1] }) else {
      let first = scopes.indices.min { coolUntil[$0] < coolUntil[$1] } ?? 0
      return .send(first, after: coolUntil[first] - now)
    }
    return .send(scope, after: pause)
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {
    move(to: now)
    if case .served(_, let tokens, _) = end { used[scope] += tokens } else { coolUntil[scope] = now + Self.cooldown }
  }
}
