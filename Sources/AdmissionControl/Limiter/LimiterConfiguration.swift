/// How limits are kept.
public struct LimiterConfiguration: Sendable {
  /// What is believed of the window in which the server enforces a limit per minute.
  public enum Profile: Sendable, Equatable {
    /// A token bucket of a minute, which Amazon Bedrock's published runs fit: the whole quota is used.
    case bucket
    /// Nothing: every sum over a minute stays within the limit, which costs what outstanding reservations occupy.
    case strict
    /// A bucket until answers contradict it, then what explains them.
    case auto
  }

  /// At most one of each measure; measures without a limit aren't kept.
  public var limits: [Limit]
  public var profile: Profile
  /// Whether unexpected refusals of the server lower the rate for a while.
  public var learnsLimits = true
  /// The most that learning may find, as a share of the limit, 0.05 to 1.2. Above 1 only where nobody else uses the quota.
  public var scaleMax = 1.0
  /// What share of a limit per minute is believed to be free at the start, 0.05 to 1, where others use the rest; it grows from
  /// there. It takes ``learnsLimits``.
  public var sharesAtStart: [Measure: Double] = [:]
  /// How much of a minute's quota may be out at once, 0.1 to 1. What is left absorbs differences between our books and the server's.
  public var headroom = 0.95
  /// Seconds of the limit that may go at once, at least; more makes clumps, which Bedrock refuses below the quota.
  public var burstSeconds = 1.0
  /// How many requests may wait.
  public var waitersMax = 100_000
  /// How long the queue may get, in seconds of the tightest limit.
  public var queueSecondsMax = 3_600.0
  /// Shares of the priorities, the most urgent first, while several have requests waiting. A priority beyond them is the last.
  public var tierWeights: [Double] = [70, 25, 5]
  /// Shares of tenants within a priority; who isn't named has 1.
  public var tenantWeights: [UInt32: Double] = [:]
  /// Retries for each admitted request, and for each second.
  public var retriesPerAdmission = 0.1
  public var retriesPerSecond = 1.0
  /// What is left of the tokens per day, from a ``Snapshot`` of before; nil: all.
  public var tokensLeftToday: Int64?

  public init(limits: [Limit], profile: Profile = .bucket) {
    self.limits = limits
    self.profile = profile
  }
}
