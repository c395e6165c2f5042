/// How a limiter stands.
public struct Snapshot: Sendable, Equatable {
  /// Since the beginning.
  public struct Counts: Sendable, Equatable {
    public var admitted: UInt64 = 0
    public var completed: UInt64 = 0
    public var throttled: UInt64 = 0
    public var failed: UInt64 = 0
    /// Refused by the server for its own capacity.
    public var capacity: UInt64 = 0
    /// Admitted and never sent.
    public var cancelled: UInt64 = 0
    /// Gave up while they waited.
    public var cancelledWaiters: UInt64 = 0
    /// Refused here.
    public var refused: UInt64 = 0
    /// Admitted and not settled yet.
    public var outstanding = 0
  }

  public struct MeterState: Sendable, Equatable {
    public var measure: Measure
    public var limit: Int64
    /// What share of the limit the server seems to let through.
    public var scale: Double
    /// Units that could be reserved at once; below zero there is debt. As of the last event.
    public var available: Int64
    public var inFlight: Int64
    /// Whether sums over a minute are kept within the limit.
    public var isStrict: Bool
  }

  public var counts: Counts
  public var waiting: Int
  public var isDraining: Bool
  public var meters: [MeterState]

  /// What to hand to ``LimiterConfiguration/tokensLeftToday`` after a restart; nil where tokens per day are not limited.
  public var tokensLeftToday: Int64? { meters.first { $0.measure == .tokensPerDay }?.available }
}
