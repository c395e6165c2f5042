/// What one caller has used of its budget for a day of UTC. A pure value.
///
/// A request reserves the most that it can cost before it waits, and settles when it ends. What is reserved counts as used, so no
/// number of requests at a time can overrun the budget. Of a model whose figures aren't known it reserves what is usual; what it uses
/// beyond that counts when it ends.
package struct CallerBudget: Sendable, Equatable {
  /// What a request has reserved; to be settled once.
  package struct Reservation: Sendable, Equatable {
    fileprivate var day: Int64
    /// Quota tokens.
    package fileprivate(set) var tokens: Int64
    /// The most of them that can be used.
    fileprivate var most: Int64
  }

  /// Why a request doesn't fit. It is not to be tried again on the same day.
  package struct Excess: Error, Sendable, Equatable {
    package enum Measure: Sendable, Equatable { case tokens, requests }
    package var measure: Measure
    package var limit: Int64
    /// What is neither used nor reserved.
    package var left: Int64
    package var needed: Int64
    /// Seconds until the next day begins.
    package var resetsIn: Int64
  }

  package struct Snapshot: Sendable, Equatable {
    package var limits: BudgetLimits
    package var tokensUsed: Int64
    package var tokensReserved: Int64
    package var requests: Int64
    /// What other gateways of the fleet have used or reserved, as far as this one has heard.
    package var elsewhere = Use()
    /// Requests that asked since the start, also those that were refused.
    package var attempts: UInt64 = 0
    /// Days since 1970.
    package var day: Int64 = 0
    /// nil: no limit.
    package var tokensLeft: Int64? {
      limits.tokensPerDay.map { max(0, $0 - tokensUsed - tokensReserved - elsewhere.tokens) }
    }
    package var requestsLeft: Int64? { limits.requestsPerDay.map { max(0, $0 - requests - elsewhere.requests) } }
    /// What this gateway has used or reserved.
    package var own: Use { Use(tokens: tokensUsed + tokensReserved, requests: requests) }
  }

  /// Quota tokens and requests of a day.
  package struct Use: Sendable, Equatable {
    package var tokens: Int64 = 0
    package var requests: Int64 = 0

    package init(tokens: Int64 = 0, requests: Int64 = 0) { (self.tokens, self.requests) = (tokens, requests) }
  }

  private static let daySeconds: Int64 = 86_400
  /// The most tokens of one request that are counted; it keeps sums from overflowing.
  private static let tokensMax: Int64 = 1_000_000_000_000

  package var limits: BudgetLimits
  private var day: Int64 = .min
  private var tokensUsed: Int64 = 0
  private var tokensReserved: Int64 = 0
  private var requests: Int64 = 0
  private var elsewhere = Use()
  /// Requests that asked, also those that were refused.
  private var attempts: UInt64 = 0

  package init(_ limits: BudgetLimits) { self.limits = limits }

  /// Takes what a request can cost.
  /// - Parameters:
  ///   - tokens: quota tokens.
  ///   - most: the most that the request can use, where it may exceed what is reserved; nil: what is reserved.
  ///   - now: seconds since 1970.
  package mutating func reserve(_ tokens: Int64, most: Int64? = nil, at now: Int64) throws(Excess) -> Reservation {
    begin(now)
    attempts &+= 1
    let tokens = min(max(tokens, 0), Self.tokensMax)
    let resetsIn = (day + 1) * Self.daySeconds - now
    if let limit = limits.requestsPerDay, requests + elsewhere.requests >= limit {
      throw Excess(measure: .requests, limit: limit, left: 0, needed: 1, resetsIn: resetsIn)
    }
    if let limit = limits.tokensPerDay {
      let left = limit - tokensUsed - tokensReserved - elsewhere.tokens
      guard tokens <= left else {
        throw Excess(measure: .tokens, limit: limit, left: max(0, left), needed: tokens, resetsIn: resetsIn)
      }
    }
    requests += 1
    tokensReserved += tokens
    return Reservation(day: day, tokens: tokens, most: max(tokens, min(most ?? tokens, Self.tokensMax)))
  }

  /// Replaces what a request reserved by what it used. A request counts for the day on which it began; what ends after that day
  /// changes nothing.
  /// - Parameters:
  ///   - used: quota tokens; no more than the request can use counts.
  ///   - wasSent: false if AWS never saw the request, which then doesn't count as one.
  package mutating func settle(_ reservation: Reservation, used: Int64, wasSent: Bool = true, at now: Int64) {
    begin(now)
    guard reservation.day == day else { return }
    tokensReserved -= reservation.tokens
    tokensUsed += min(max(used, 0), reservation.most)
    if !wasSent { requests -= 1 }
  }

  package mutating func snapshot(at now: Int64) -> Snapshot {
    begin(now)
    return Snapshot(
      limits: limits, tokensUsed: tokensUsed, tokensReserved: tokensReserved, requests: requests, elsewhere: elsewhere,
      attempts: attempts, day: day)
  }

  /// Other gateways have told what they used.
  /// - Parameter day: days since 1970; what is of another day than today is nothing.
  package mutating func heard(_ use: Use, ofDay day: Int64, at now: Int64) {
    begin(now)
    guard day == self.day else { return }
    elsewhere = Use(tokens: min(max(use.tokens, 0), Self.tokensMax), requests: min(max(use.requests, 0), Self.tokensMax))
  }

  /// Begins the day of a time. A clock that is set back begins none, or a day would have two budgets.
  private mutating func begin(_ now: Int64) {
    let today = now >= 0 ? now / Self.daySeconds : (now - Self.daySeconds + 1) / Self.daySeconds
    guard today > day else { return }
    (day, tokensUsed, tokensReserved, requests, elsewhere) = (today, 0, 0, 0, Use())
  }
}
