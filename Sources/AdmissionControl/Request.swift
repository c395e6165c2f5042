/// A request that asks to be let through.
public struct Request: Sendable {
  public var cost: Cost
  /// Nanoseconds of the clock; nil: it waits as long as it takes.
  public var deadline: Int64?
  /// 0 is the most urgent.
  public var priority: Int
  /// Tenants of one priority share what there is by their weights.
  public var tenant: UInt32
  /// Was refused by the server and comes again: it goes before the others of its tenant, and counts on the retry budget.
  public var isRetry: Bool

  public init(cost: Cost, deadline: Int64? = nil, priority: Int = 0, tenant: UInt32 = 0, isRetry: Bool = false) {
    self.cost = cost
    self.deadline = deadline
    self.priority = priority
    self.tenant = tenant
    self.isRetry = isRetry
  }
}

/// A request that waits.
public struct WaiterID: Sendable, Hashable {
  let number: UInt64
}

/// A grant: what a request holds until it is settled. A value of the state machine; callers of ``Limiter`` get a ``Reservation``.
public struct Lease: Sendable {
  /// Where it is entered.
  struct Entries: Sendable {
    /// A bit for each measure that it took from: a limit that came later lent it nothing.
    var measures: UInt8
    /// The slot of the strict windows.
    var slot: Int64

    @inline(__always)
    func contain(_ measure: Measure) -> Bool { measures & measure.bit != 0 }
  }

  private var compactReserved: CompactAmounts
  private var compactPredicted: CompactAmounts
  private let compactKnown: CompactAmounts
  let tenant: UInt32
  let key: UInt64
  /// When it was given.
  let grantedAt: Int64
  let entries: Entries
  let tier: UInt8
  /// Whether its tenant was charged, for then it is corrected too.
  let isCharged: Bool
  /// A bit for each shadow that would have had no room.
  let against: UInt8

  @inline(__always)
  init(
    _ cost: Cost, predicted: Amounts, tenant: UInt32, tier: Int, entries: Entries, isCharged: Bool = false, against: UInt8 = 0,
    at now: Int64
  ) {
    compactReserved = CompactAmounts(cost.reserved)
    compactPredicted = CompactAmounts(predicted)
    compactKnown = CompactAmounts(cost.known)
    key = cost.key
    self.tenant = tenant
    grantedAt = now
    self.entries = entries
    self.tier = UInt8(truncatingIfNeeded: tier)
    self.isCharged = isCharged
    self.against = against
  }

  @inline(__always)
  package internal(set) var reserved: Amounts {
    get { compactReserved.whole }
    set { compactReserved = CompactAmounts(newValue) }
  }

  @inline(__always)
  var predicted: Amounts {
    get { compactPredicted.whole }
    set { compactPredicted = CompactAmounts(newValue) }
  }

  @inline(__always)
  var known: Amounts { compactKnown.whole }
}

/// How a request ended.
public enum Outcome: Sendable, Equatable {
  /// With what it cost in the end.
  case completed(Amounts)
  /// The server refused it for a quota.
  case throttled(Throttle)
  /// The server had no room, whatever the quota: 503 and its like. It teaches nothing about limits.
  case capacity
  /// It broke off after so much.
  case failed(used: Amounts)
  /// It was never sent.
  case cancelled

  /// What the server said it refused for.
  public enum Throttle: Sendable, Equatable {
    case requests, tokens, tokensPerDay, unknown
  }
}

/// What becomes of a request when it arrives.
public enum Arrival: Sendable {
  case admitted(Lease)
  /// - Parameter eta: nanoseconds until its turn, as things stand.
  case waiting(WaiterID, eta: Int64)
  case refused(Refusal)
}

/// What to tell a waiter.
public enum Action: Sendable {
  case admit(WaiterID, Lease)
  case refuse(WaiterID, Refusal)
}
