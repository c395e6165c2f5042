/// When a member asks the table and how much it takes, so that members share evenly although nothing queues them.
///
/// A booking is final, and its start lies up to ``horizon`` ahead. So as long as what all members take at once fits into the
/// horizon, they take turns by themselves: each asks again shortly before the end of what it has booked. Every member takes the
/// same amount a turn, and what it took too much, it takes less later (deficit round robin).
///
/// Where the members are too many for that, the time until the next free start is a price. A member whose fair turn lies ahead
/// pays less than one that is overdue, so the price settles where all get the same.
struct DynamoTurn: Sendable {
  /// How far ahead a request may be booked, in ms.
  static let horizon: Int64 = 10_000
  /// What a member takes in a turn at most, in microseconds of the quota.
  private static let amountMax: Int64 = 400_000
  /// The same for the only one that waits. Others that come find that much booked before them.
  private static let amountAlone: Int64 = 300_000
  /// The part of the horizon that turns fill.
  private static let filled = 0.8
  /// A crowded member takes one bundle, and small ones up to this many microseconds.
  private static let amountCrowded: Int64 = 50_000
  /// The price that members aim at, as a part of the horizon. The count of members is never exact, so without an aim the price
  /// would drift to an end of its range, and with it the order that it makes.
  private static let aim = 0.6
  /// The lowest price that everybody pays, as a part of the horizon.
  private static let priceMin = 0.2
  /// What a member pays more than it meant to, since the price moves until it asks, in ms.
  private static let tolerance: Int64 = 500
  private static let pauseMin: Int64 = 50
  private static let skippedMax: Int64 = 1_000

  /// What the member may take before its turn ends, in microseconds of the quota; negative: what it took too much.
  private(set) var credit: Int64 = 0
  /// When the next turn begins, in ms; nil: now.
  private(set) var nextTurnAt: Int64?
  /// When a crowded member is due, in ms; nil: now.
  private(set) var dueAt: Int64?
  /// Before this time it is no use to ask the table, in ms.
  private(set) var askAt: Int64?

  /// What may be taken in one write.
  struct Allowance: Sendable {
    /// Microseconds of the quota; the bundle that exceeds it is the last one.
    var cost: Int64
    /// How far ahead it may start, in ms.
    var horizon: Int64
  }

  /// What a turn has: at least a usual bundle, or every turn would be followed by some that are skipped.
  private static func amount(_ crowd: DynamoCrowd) -> Int64 {
    let fair = crowd.waiting <= 1 ? amountAlone : min(amountMax, Int64(filled * Double(horizon * 1_000) / Double(crowd.waiting)))
    return max(fair, crowd.bundle)
  }

  private static func isCrowded(_ crowd: DynamoCrowd) -> Bool {
    Double(amount(crowd)) * Double(crowd.waiting) > 0.9 * Double(horizon * 1_000)
  }

  /// The time in which every member would have its turn, in ms.
  private static func round(_ crowd: DynamoCrowd) -> Double { max(Double(crowd.waiting * crowd.bundle) / 1_000, 1) }

  /// - Parameter least: the horizon that the member asks for, in ms.
  mutating func allowance(_ crowd: DynamoCrowd, least: Int64, at now: Int64) -> Allowance {
    let most = max(Self.horizon, least)
    guard !Self.isCrowded(crowd) else {
      let price = Double(Self.horizon) * min(1, max(Self.priceMin, 1 + Double(now - (dueAt ?? now)) / Self.round(crowd)))
      return Allowance(cost: Self.amountCrowded, horizon: min(most, Int64(price) + Self.tolerance))
    }
    if nextTurnAt.map({ now >= $0 }) ?? true {
      let amount = Self.amount(crowd)
      credit = crowd.waiting <= 1 ? amount : min(credit + amount, amount)
      nextTurnAt = nil
    }
    return Allowance(cost: credit, horizon: most)
  }

  /// Bundles were booked.
  /// - Parameters:
  ///   - lead: until what was booked ends, in ms.
  ///   - margin: how long before that to ask again, in ms.
  mutating func booked(_ cost: Int64, lead: Int64, margin: Int64, _ crowd: DynamoCrowd, at now: Int64) {
    if Self.isCrowded(crowd) {
      let round = Self.round(crowd)
      let price = Double(max(lead - cost / 1_000, 0)) / Double(Self.horizon)
      let fair = Double(cost * crowd.waiting) / 1_000 - round * (Self.aim - min(price, 1))
      let due = min(max(dueAt ?? now, now - Int64(round)) + Int64(fair), now + Int64(2 * round))
      dueAt = due
      nextTurnAt = nil
      // When the price that it then pays will be what a start costs now.
      askAt = max(now + Self.pauseMin, due + Int64(round * (min(price, 1) - 1)))
      return
    }
    credit -= cost
    dueAt = nil
    nextTurnAt = now + max(Self.pauseMin, lead - margin)
    if credit <= 0, crowd.waiting > 1 {
      let amount = max(Self.amount(crowd), 1)
      let skipped = min(-credit / amount, Self.skippedMax)
      credit += skipped * amount
      nextTurnAt = nextTurnAt.map { $0 + skipped * max(lead - cost / 1_000, amount * crowd.waiting / 1_000) }
    }
    askAt = credit <= 0 ? nextTurnAt : nil
  }

  /// Bundles are left that the turn didn't allow.
  mutating func stopped() { askAt = askAt ?? nextTurnAt }

  /// The next start lies too far ahead.
  /// - Parameters:
  ///   - lead: until the next free start, in ms.
  ///   - need: until it is within the allowed horizon if nobody books, in ms.
  mutating func refused(
    lead: Int64, need: Int64, _ crowd: DynamoCrowd, at now: Int64, using dice: inout some RandomNumberGenerator
  ) {
    let round = Self.round(crowd)
    guard Self.isCrowded(crowd) else {
      askAt = now + max(Self.pauseMin, need) + Int64(round * 0.3 * dice.unit())
      return
    }
    if dueAt == nil { dueAt = now }
    let overdue = now - (dueAt ?? now)
    // When the member's price will be what a start costs now.
    let price = Double(lead - Self.tolerance / 2) / Double(Self.horizon)
    let pause = round * (min(price, 1) - 1) - Double(overdue)
    // Nobody pays more than the whole horizon, so the overdue ones try their luck.
    let retry = round * (0.05 + 0.1 * dice.unit())
    askAt = now + max(Self.pauseMin, need, Int64(max(pause, retry)))
  }

  /// The levels allow nothing for some time, in ms.
  mutating func mustWait(_ need: Int64, at now: Int64) { askAt = now + need }

  /// The same where others wait for it, too: who asks when is left to chance.
  mutating func mustWait(_ need: Int64, _ crowd: DynamoCrowd, at now: Int64, using dice: inout some RandomNumberGenerator) {
    askAt = now + need + Int64(Self.round(crowd) * (0.1 + 0.2 * dice.unit()))
  }
}
