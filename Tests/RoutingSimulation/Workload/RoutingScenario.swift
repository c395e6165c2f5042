package import AdmissionControl

/// Everything about a run except the policy.
package struct RoutingScenario: Sendable {
  package struct Fault: Sendable {
    package enum Kind: Sendable, Equatable {
      /// 503 to every request.
      case unavailable
      /// 403 to every request.
      case denied
      /// The quotas per minute are multiplied by this, and nobody is told.
      case quota(factor: Double)
    }

    package var kind: Kind
    package var scope: Int
    /// Nanoseconds.
    package var during: Range<Int64>

    package init(_ kind: Kind, scope: Int, minutes: Range<Double>) {
      self.kind = kind
      self.scope = scope
      during = Int64(minutes.lowerBound * 60e9)..<Int64(minutes.upperBound * 60e9)
    }
  }

  package var seed: UInt64
  /// The limits of each scope, which clients know. The first of each is its tokens per minute.
  package var scopes: [[Limit]]
  package var workload: SessionWorkload
  package var faults: [Fault] = []
  /// Tokens per day that a scope enforces and nobody was told of, by scope.
  package var untoldPerDay: [Int: Int64] = [:]
  /// Nanoseconds after which nothing more begins.
  package var end: Int64
  /// Nanoseconds of the run that are measured.
  package var measured: Range<Int64>
  /// Seconds for which a cached prefix stays after its last use.
  package var cacheSeconds = 300.0
  package var cachedMin: Int64 = 1_024
  /// Whether the limiters learn what a request is expected to read from the cache. Without, they pace it as if it read nothing.
  package var foretellsCache = true
  /// Whether requests that wait at the end are still served.
  package var isServedOut = false
  package var tenantWeights: [UInt32: Double] = [:]

  package init(seed: UInt64, scopes: [[Limit]], _ workload: SessionWorkload, minutes: Double, measuredFrom: Double = 0) {
    self.seed = seed
    self.scopes = scopes
    self.workload = workload
    end = Int64(minutes * 60e9)
    measured = Int64(measuredFrom * 60e9)..<Int64(minutes * 60e9)
  }

  package static func limits(perMinute tokens: Int64) -> [Limit] {
    [Limit(.tokensPerMinute, tokens), Limit(.requestsPerMinute, max(tokens / 1_000, 60))]
  }

  /// Three scopes with unequal quotas, 10,000,000 tokens per minute together.
  package static let large = [5_000_000, 3_000_000, 2_000_000].map { limits(perMinute: $0) }
  /// A fifth of that. A conversation's first request alone takes up to nine seconds of the smallest.
  package static let small = [1_000_000, 600_000, 400_000].map { limits(perMinute: $0) }

  func quota(of scope: Int) -> Int64 { scopes[scope][0].value }
  var quotaSum: Int64 { scopes.indices.reduce(0) { $0 + quota(of: $1) } }
}
