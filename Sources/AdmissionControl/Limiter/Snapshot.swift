/// The state of a limiter at one time.
public struct Snapshot: Sendable, Equatable {
  /// The number of requests since the limiter was made, by outcome.
  public struct Counts: Sendable, Equatable {
    /// Admitted, with or without a wait.
    public var admitted: UInt64 = 0
    /// Settled as completed.
    public var completed: UInt64 = 0
    /// Throttled by the server for a quota.
    public var throttled: UInt64 = 0
    /// Settled as failed, or dropped without settlement.
    public var failed: UInt64 = 0
    /// Failed because the server lacked capacity.
    public var capacity: UInt64 = 0
    /// Admitted and never sent.
    public var cancelled: UInt64 = 0
    /// Cancelled while they waited.
    public var cancelledWaiters: UInt64 = 0
    /// Refused by the limiter.
    public var refused: UInt64 = 0
    /// Admitted and not settled yet.
    public var inFlight = 0
  }

  /// The state of one limit.
  public struct MeterState: Sendable, Equatable {
    /// What the limit counts.
    public var measure: Measure
    /// Requests or tokens per minute or day, or requests in flight.
    public var limit: Int64
    /// The share of the limit that the server seems to accept, 0.05 to 1.2.
    public var scale: Double
    /// Units that could be reserved now, in the limit's unit. Negative: debt.
    public var available: Int64
    /// Requests in flight.
    public var inFlight: Int64
    /// Whether every sum over a minute is kept within the limit.
    public var isStrict: Bool
    /// ``available`` when nothing is used.
    package var availableMax: Int64
  }

  /// Requests since the limiter was made.
  public var counts: Counts
  /// Requests in the queue.
  public var waiting: Int
  /// Whether no new requests are admitted.
  public var isDraining: Bool
  /// Whether reservations count the burndown, as far as the limiter has learnt; nil if no request has a burndown above 1.
  public var reservesBurndown: Bool?
  /// One for each limit.
  public var meters: [MeterState]

  /// The value for ``LimiterConfiguration/tokensLeftToday`` after a restart; nil if tokens per day are not limited.
  public var tokensLeftToday: Int64? { meters.first { $0.measure == .tokensPerDay }?.available }
}
