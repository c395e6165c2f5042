/// Decides where requests may go: a router, without the limiters of its scopes.
package protocol RoutePolicy: Sendable {
  /// Whether requests wait in the limiter of a scope. Otherwise they are sent at once, as by a client's own loop.
  var usesLimiters: Bool { get }
  /// A request arrives, or comes back because an attempt ended without a reply.
  /// - Parameter eta: nanoseconds until the request's turn at a scope, if this much of its input is cached there.
  mutating func route(
    _ request: RouteRequest, _ scopes: [ScopeView], eta: (_ scope: Int, _ cached: Int64) -> Int64, at now: Int64
  ) -> RoutePlan
  /// An attempt ended.
  mutating func ended(_ request: RouteRequest, on scope: Int, _ end: RouteEnd, at now: Int64)
}

/// What a router knows of a request.
package struct RouteRequest: Sendable {
  package let number: Int
  /// nil: a single request without a cache.
  package let session: UInt64?
  package let tenant: UInt32
  /// Input tokens, cached or not.
  package let prompt: Int64
  package let maxTokens: Int64
  /// Attempts that ended without a reply.
  package internal(set) var failures = 0

  package var reserved: Int64 { prompt + maxTokens }
}

/// What a router knows of a scope when a request arrives.
package struct ScopeView: Sendable {
  /// Tokens per minute that the caller was told.
  package let quota: Int64
  /// Requests that wait in its limiter.
  package let waiting: Int
  /// The free part of its quota, below 0 for debt to 1.
  package let free: Double

  package var tokensPerNanosecond: Double { Double(quota) / 60e9 }
}

/// Where a request may go from when on.
package struct RoutePlan: Sendable {
  package struct Candidate: Sendable {
    package var scope: Int
    /// Input tokens that the router expects in the scope's cache.
    package var cached: Int64 = 0
  }

  package struct Step: Sendable {
    /// Nanoseconds from the decision.
    package var after: Int64
    /// The first with room takes the request; without room it waits in all.
    package var candidates: [Candidate]
  }

  package var steps: [Step]

  package static let giveUp = RoutePlan(steps: [])

  package static func send(_ scope: Int, after nanoseconds: Int64 = 0) -> RoutePlan {
    RoutePlan(steps: [Step(after: nanoseconds, candidates: [Candidate(scope: scope)])])
  }
}

package enum RouteEnd: Sendable {
  /// - Parameters:
  ///   - cached: input tokens in the scope's cache after the reply; 0: too few for a cache.
  ///   - used: all tokens of the request and its reply, as a client counts them.
  ///   - final: what its quota counted in the end.
  case served(cached: Int64, used: Int64, final: Int64)
  case throttled
  case dayExhausted
  /// 503.
  case unavailable
  /// 403.
  case denied
}
