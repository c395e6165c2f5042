/// What a member of a fleet must know of its limiter to ask a store for units.
extension AdmissionState {
  /// Requests that wait, and requests in flight.
  package var demand: (waiting: Int, inFlight: Int) { (queue.count, counts.inFlight) }

  /// The tiers that have requests which wait.
  package var waitingTiers: TierSet { queue.waitingTiers }

  /// The weights of the queue's tiers, the most urgent first.
  package var tierWeights: [Double] { configuration.tierWeights }

  /// What this limiter owes the store at a time, in micro-units; nil if the measure isn't prepaid.
  ///
  /// Unlike ``owed(_:)`` it leaves out chunks that have expired since the last event: without an event, nobody has given them back.
  package func owed(_ measure: Measure, at time: Int64) -> PrepaidDebt? {
    guard var gate = gates[measure] else { return nil }
    // Every grant lets old chunks expire first.
    _ = gate.grant(PrepaidChunk(reserved: 0, predicted: 0, startsAt: time, expiresAt: time), at: max(now, time))
    return gate.owed
  }

  /// The next requests that the granted chunks don't cover, in the order of their turns.
  ///
  /// A request that isn't covered in full counts in full. So what is granted for it suffices, even if the rest of an older chunk
  /// expires meanwhile. Requests beyond the limit of concurrent requests are left out, because their chunks would expire.
  ///
  /// Where several tenants or tiers wait, their order depends on what each request is charged, so it is played on a copy of the queue.
  /// The copy takes time in proportion to the queue: some milliseconds for 100,000 requests.
  /// - Parameter count: the most that are returned.
  package func uncovered(_ count: Int, at time: Int64) -> [UncoveredRequest] {
    guard !queue.isEmpty, count > 0 else { return [] }
    let room = gates[.concurrency].map { max(0, $0.limit - inFlight) } ?? .max
    var search = UncoveredSearch(count: count, room: room)
    let now = max(now, time)
    func look(_ waiter: Waiter) -> Bool {
      search.look(waiter) { covers($0.reserved, $0.predicted, requests: $0.requests, at: now) }
    }
    guard room > 0, !queue.eachOfOneTenant(look) else { return search.found }
    var queue = queue
    while let id = queue.head(), let waiter = queue[id], look(waiter) {
      queue.charge(Self.price(waiter.predicted), tier: waiter.tier, tenant: waiter.tenant)
      _ = queue.remove(id)
    }
    return search.found
  }

  /// Whether the granted chunks suffice for some requests together, now or after they have started.
  private func covers(_ reserved: Amounts, _ predicted: Amounts, requests: Int64, at now: Int64) -> Bool {
    Measure.allCases.allSatisfy { measure in
      guard let gate = gates[measure], gate.isPrepaid else { return true }
      let isCount = measure == .requestsPerMinute || measure == .concurrency
      return gate.wait(
        reserved: isCount ? requests : reserved.of(measure), predicted: isCount ? requests : predicted.of(measure), inFlight: 0,
        at: now) != nil
    }
  }
}

/// Goes through waiting requests in the order of their turns, until the granted chunks cover no more.
private struct UncoveredSearch {
  typealias Sum = (reserved: Amounts, predicted: Amounts, requests: Int64)

  let count: Int
  /// Requests that the limit of concurrent requests lets go.
  var room: Int64
  private var sum: Sum = (.zero, .zero, 0)
  private var isCovered = true
  private(set) var found: [UncoveredRequest] = []

  init(count: Int, room: Int64) { (self.count, self.room) = (count, room) }

  /// - Parameter covers: whether the chunks suffice for a sum of requests.
  /// - Returns: whether another request may be added.
  mutating func look(_ waiter: Waiter, covers: (Sum) -> Bool) -> Bool {
    room -= 1
    let (reserved, predicted) = (waiter.cost.reserved, waiter.predicted)
    if isCovered {
      sum = (sum.reserved.plus(reserved), sum.predicted.plus(predicted), sum.requests + 1)
      isCovered = covers(sum)
    }
    if !isCovered { found.append(UncoveredRequest(reserved: reserved, predicted: predicted, tier: waiter.tier)) }
    return room > 0 && found.count < count
  }
}

extension Lease {
  /// When it was admitted, in nanoseconds of the limiter's clock.
  package var admittedAt: Int64 { grantedAt }
}

extension Amounts {
  /// A queue of any length stays within 64 bits, even in micro-units: the sum stops at ``tokensMax`` times 1,024.
  fileprivate func plus(_ other: Amounts) -> Amounts {
    func sum(_ a: Int64, _ b: Int64) -> Int64 { min(a + b, Amounts.tokensMax * 1_024) }
    return Amounts(
      tokens: sum(tokens, other.tokens), inputTokens: sum(inputTokens, other.inputTokens),
      outputTokens: sum(outputTokens, other.outputTokens))
  }
}
