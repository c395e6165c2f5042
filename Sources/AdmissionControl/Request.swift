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
  var reserved: Amounts
  var predicted: Amounts
  var known: Amounts
  var key: UInt64
  var tenant: UInt32
  var tier: UInt8
  /// When it was given.
  var grantedAt: Int64
  /// Whether its tenant was charged, for then it is corrected too.
  var isCharged: Bool
  /// A bit for each shadow that would have had no room.
  var against: UInt8
  /// The slots of the strict window and of the shadows' that it is entered in.
  var slot: Int64
  /// A bit for each measure that it took from: a limit that came later lent it nothing.
  var measures: UInt8
  var shadowSlot: Int64
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

extension Lease {
  @inline(__always)
  func took(_ measure: Measure) -> Bool { measures & 1 << UInt8(measure.rawValue) != 0 }

  /// Whether an end takes nothing more than was reserved or foreseen.
  func onlyGivesBack(_ outcome: Outcome) -> Bool {
    guard case .completed(let final) = outcome else { return false }
    return final.tokens <= min(reserved.tokens, predicted.tokens)
      && final.inputTokens <= min(reserved.inputTokens, predicted.inputTokens)
      && final.outputTokens <= min(reserved.outputTokens, predicted.outputTokens)
  }
}
