import Bedquota

/// The product's own decisions: `RouteChooser`, with the limiters of the simulation.
package struct ProductRoutes: RoutePolicy {
  private var chooser: RouteChooser
  private let count: Int
  private let keepsHour: Bool

  /// - Parameters:
  ///   - quotas: tokens per minute of each scope.
  ///   - cacheSeconds: how long a scope keeps a prefix that nobody uses.
  package init(quotas: [Int64], cacheSeconds: Double) {
    count = quotas.count
    keepsHour = cacheSeconds >= 3_600
    chooser = RouteChooser(rates: quotas.map { Double($0) / 60 })
  }

  package var usesLimiters: Bool { true }

  private func session(_ request: RouteRequest) -> RouteSession? {
    request.session.map { RouteSession(id: "\($0)", keepsHour: keepsHour) }
  }

  package mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan {
    let time = Duration.nanoseconds(now)
    let all = CandidateSet(count: count)
    // A client whose scopes are all away waits for the first of them.
    if request.failures > 0, chooser.ready(at: time).isEmpty {
      let rests = (0..<count).map { (left: chooser.restLeft(of: $0, at: time) ?? .zero, scope: $0) }
      if let first = rests.min(by: <) { return .send(first.scope, after: max(first.left / .nanoseconds(1), 1).whole) }
    }
    let choice = chooser.choose(session(request), among: all, at: time)
    guard let favourite = choice.favourite else {
      // One request tries one scope. The router would ask those before it first, of which a simulation hears too late.
      let tried = choice.trials.first
      chooser.release(tried.map { choice.trials.subtracting(CandidateSet($0)) } ?? [], at: time)
      return tried.map { .send($0) } ?? RoutePlan(steps: [.init(after: 0, candidates: choice.order.map { .init(scope: $0) })])
    }
    let cached = Int64(choice.cachedTokens)
    let own = Duration.nanoseconds(eta(favourite, cached))
    var moves: [(after: Int64, scope: Int)] = []
    var entered = CandidateSet(favourite)
    for scope in choice.others.ordered() {
      let rate = Double(scopes[scope].quota) / 60
      let load = ScopeLoad(
        tokensPerSecond: rate, waiting: scopes[scope].waiting, used: chooser.used(scope, of: rate, at: time),
        eta: .nanoseconds(eta(scope, 0)))
      let delay = choice.delay(own: own, load)
      if delay == .zero { entered.insert(CandidateSet(scope)) } else if choice.trials.has(scope) { continue }
      moves.append(((delay / .nanoseconds(1)).whole, scope))
    }
    chooser.release(choice.trials.subtracting(entered), at: time)
    let stay = RoutePlan.Step(after: 0, candidates: [.init(scope: favourite, cached: cached)])
    return RoutePlan(
      steps: [stay] + moves.sorted { $0.after < $1.after }.map { .init(after: $0.after, candidates: [.init(scope: $0.scope)]) })
  }

  package mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64) {
    let time = Duration.nanoseconds(now)
    switch end {
    case .served(let cached, _, let final):
      _ = chooser.answered(scope)
      chooser.used(final, by: scope, at: time)
      guard let session = session(request) else { return }
      chooser.admitted(session, by: scope, at: time)
      chooser.learned(session, cachedTokens: Int(cached), at: scope, now: time)
    case .throttled: chooser.release(CandidateSet(scope), at: time)
    case .unavailable: chooser.failed(scope, .unavailable(retryAfter: nil), at: time)
    case .denied: chooser.failed(scope, .denied, at: time)
    case .dayExhausted: chooser.failed(scope, .dayExhausted, at: time)
    }
  }
}

extension Double {
  fileprivate var whole: Int64 { Int64(min(max(self, 0), 1e18)) }
}
