import AdmissionControl

/// What a member does without the store: docs/design/fleet.md, "A member".
extension FleetMember {
  private static let second: Int64 = 1_000_000_000
  private static let patience = 2 * second
  /// The store keeps the share of a strict member from 10 s after its last sync until 60 s after it.
  private static let strictFrom = 10 * second + second / 2
  private static let strictTo = 59 * second

  /// Whether the store hasn't answered for so long that the member must do without it. It then sends nothing if it has no share.
  package func isWithoutStore(at now: Int64) -> Bool {
    if case .away(let since) = store { now >= since &+ Self.patience } else { false }
  }

  /// What the member takes of each limit without the store, 0 to 1.
  var fraction: Double { share.fraction(configuration.fallback, isStrict: configuration.isStrict, flows: countedFlows) }

  /// The flows that the store counted as members in its last answer, at least one.
  private var countedFlows: Int {
    guard let answered else { return 1 }
    return max(1, flows.count { $0.hasJoined && $0.syncedAt >= answered.at &- 15 * Self.second })
  }

  /// Whether the member has no share of its own, because the store has never answered.
  package var hasNoShare: Bool { fraction <= 0 }

  /// Whether it sends requests without the store.
  package var isInFallback: Bool { ledger != nil }

  /// When the member begins to use its share; nil: not as things are.
  var fallbackAt: Int64? {
    guard ledger == nil, !hasNoShare, stopping == .no, case .away(let since) = store else { return nil }
    guard configuration.isStrict else { return since &+ Self.patience }
    guard let shareAnswered else {
      if case .fixed = configuration.fallback { return since &+ Self.strictFrom }
      return nil
    }
    // A member that has left has nothing that the store keeps for it.
    guard let sharingFlow, sharingFlow == shareAnswered.flow, flows[sharingFlow].hasJoined else { return nil }
    return max(since &+ Self.patience, shareAnswered.at &+ Self.strictFrom)
  }

  mutating func beginFallbackIfDue(
    _ limiter: borrowing some FleetLimiter, at now: Int64, using dice: inout some RandomNumberGenerator
  ) {
    guard let fallbackAt, fallbackAt <= now else { return }
    let late = firstDelay(limiter.uncovered(Self.delayRequests), using: &dice)
    books.beginFallback()
    ledgerGranted = Array(repeating: .zero, count: limits.count)
    ledger = FleetLedger(
      limits, fraction: fraction, levels: levels, members: share.members, late: late, at: now)
  }

  private static let delayRequests = 8

  /// A random part of the time that a request pays for, so that all members together begin at an even pace.
  ///
  /// A moment falls into the time of a large request more often than into that of a small one. So the request is drawn by its size.
  private func firstDelay(_ requests: [UncoveredRequest], using dice: inout some RandomNumberGenerator) -> [Int64] {
    let costs = requests.map { FleetBundles.amounts($0, configuration.meters) }
    var rest = costs.reduce(0.0) { $0 + Double(FleetBundles.cost(of: $1, limits)) } * dice.unit()
    let part = dice.unit()
    for cost in costs {
      rest -= Double(FleetBundles.cost(of: cost, limits))
      if rest <= 0 { return cost.map { Int64(Double($0.predicted) * part) } }
    }
    return Array(repeating: 0, count: limits.count)
  }

  /// Grants the next requests from the member's share.
  /// - Returns: also when the next one can be paid; nil: nothing waits, or the share may not be used any more.
  mutating func grantsOfLedger(
    _ limiter: borrowing some FleetLimiter, at now: Int64
  ) -> (grants: [FleetGrant], wakeAt: Int64?) {
    guard ledger != nil, limiter.demand.waiting > 0, !isStrictShareOver(at: now) else { return ([], nil) }
    guard let request = limiter.uncovered(1).first else { return ([], chunksEndAt > now ? chunksEndAt : now &+ Self.second / 4) }
    let amounts = FleetBundles.amounts(request, configuration.meters)
    // Requests in flight may have to end first, without a word.
    guard let wait = ledger?.wait(for: amounts, at: now) else { return ([], now &+ Self.second / 4) }
    guard wait == 0 else { return ([], now &+ wait) }
    ledger?.take(amounts)
    ledgerGranted = zip(ledgerGranted, amounts).map { $0 + $1 }
    return (chunks(amounts, startsAt: now), nil)
  }

  /// Tells beforehand what a strict member may use without the store until its next sync: two seconds of its share, and a request.
  ///
  /// Its syncs may arrive even if the answers don't. Then the store doesn't keep a share for it, since it isn't silent. What it
  /// doesn't use is forfeited: a correction would leave the window at another time than what it corrects.
  mutating func announce(_ limiter: borrowing some FleetLimiter) {
    guard configuration.isStrict, stopping == .no, fallbackAt != nil || ledger != nil else { return }
    let next = limiter.uncovered(1).first.map { FleetBundles.amounts($0, configuration.meters)[0].reserved } ?? 0
    let units = Int64(Double(limits[0].rate) / 60 * 2 * fraction) + next
    guard units > announced else { return }
    books.forfeit(units - announced)
    announced = units
  }

  private func isStrictShareOver(at now: Int64) -> Bool {
    guard configuration.isStrict, let shareAnswered else { return false }
    return now >= shareAnswered.sentAt &+ Self.strictTo
  }

  /// The store answers again.
  mutating func endFallback() {
    guard ledger != nil else { return }
    ledger = nil
    books.endFallback(limits, fraction: fraction)
  }
}
