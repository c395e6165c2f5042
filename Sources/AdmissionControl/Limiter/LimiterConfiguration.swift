/// Which limits a limiter enforces, and how.
public struct LimiterConfiguration: Sendable {
  /// How to model the window over which the server enforces a limit per minute.
  public struct Profile: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
      case bucket, strict, auto
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// A token bucket that holds one minute's limit, which fits Amazon Bedrock's published runs best. It uses the whole quota.
    public static let bucket = Profile(.bucket)
    /// Assumes no window: no sum over a minute exceeds the limit. This is safe for any window, but unsettled reservations cost
    /// throughput.
    public static let strict = Profile(.strict)
    /// A bucket until the server's answers contradict it, then the most permissive window that explains them.
    public static let auto = Profile(.auto)

    /// The name: `bucket`, `strict` or `auto`.
    public var description: String { kind.rawValue }
  }

  /// The limits, at most one for each measure; if there are several, the first counts. Measures without a limit are not limited.
  public var limits: [Limit]
  /// How to model the server's window.
  public var profile: Profile
  /// Whether a throttled request that the limiter didn't expect lowers the rate for a while.
  public var learnsLimits = true
  /// The highest rate that learning may find, as a share of the limit, 0.05 to 1.2. Use more than 1 only if nobody else uses the quota.
  public var scaleMax = 1.0
  /// Whether the server's reservation counts the burndown (``Cost/burndownExtra``), if that is known; nil: the limiter learns it.
  public var reservesBurndown: Bool?
  /// The hypothesis to begin with; nil: the safe one where it costs little.
  package var beginsWithBurndown: Bool?
  /// The share of a limit per minute to begin with, 0.05 to 1, if other clients use the rest. The rate grows from there.
  /// It has no effect without ``learnsLimits``.
  public var sharesAtStart: [Measure: Double] = [:]
  /// The share of a minute's quota that requests may reserve together, 0.1 to 1. The rest absorbs differences between our meters
  /// and the server's.
  public var headroom = 0.95
  /// The longest burst, 0.01 s to 60 s: after a pause, requests worth this much time of the limit may start together. A longer
  /// burst makes Bedrock throttle below the quota.
  public var burst = Duration.seconds(1)
  /// The most requests that may wait; 0 or less: none waits.
  public var waitersMax = 100_000
  /// The longest wait; zero or less: none waits. If the wait that is estimated when a request arrives is longer, the limiter refuses the request.
  public var queueWaitMax = Duration.seconds(3_600)
  /// The weight of each priority, the most urgent first. A request with a priority beyond the list gets the last one.
  public var tierWeights: [Double] = [70, 25, 5]
  /// The weight of each tenant within its priority; tenants not listed have weight 1.
  public var tenantWeights: [UInt32: Double] = [:]
  /// Whether a tenant may take no more places in the queue than are still free, so that one that floods it leaves room for the
  /// others. A tenant alone then has half of the queue.
  package var sharesQueue = false
  /// Retries allowed for each admitted request.
  public var retriesPerAdmission = 0.1
  /// Retries allowed per second, on top. Unused ones are kept for 10 seconds.
  public var retriesPerSecond = 1.0
  /// What is left of the limit on tokens per day, from an earlier ``Snapshot/tokensLeftToday``; nil: all of it.
  public var tokensLeftToday: Int64?
  /// Whether a store grants the units, in chunks, instead of the clock. See ``LimitSource``.
  package var isPrepaid = false
  /// Whether such a store grants places among the requests in flight too.
  package var sharesConcurrency = false

  /// - Parameters:
  ///   - limits: at most one of each measure.
  ///   - profile: how to model the server's window.
  public init(limits: [Limit], profile: Profile = .bucket) {
    self.limits = limits
    self.profile = profile
  }

  /// ``burst`` in seconds, within its range.
  package var burstSeconds: Double { min(max(burst / .seconds(1), 0.01), 60) }
}
