/// What a sync does next.
extension DynamoLedger {
  /// Settlements of a member that waits are written with its next booking, or after this time, in ms.
  private static let settleMilliseconds: Int64 = 10_000
  /// After so many steps, others are in the way.
  private static let contendedSteps = 2
  /// The longest wait, in ms, that others may have caused for a member that waits alone now.
  private static let aloneMilliseconds: Int64 = 10_000
  /// A member that waits longer than this, in ms, tells that it does.
  private static let uncountedMilliseconds: Int64 = 2_000
  /// The part of a limit that all waiting members together may have back and not told yet: one in this many.
  private static let untoldParts: Int64 = 4
  /// The same for members that don't wait. What isn't told while the service is full would come back twice.
  private static let untoldPartsIdle: Int64 = 20

  mutating func decide(
    _ attempt: inout Attempt, at now: Int64, using dice: inout some RandomNumberGenerator
  ) throws(FleetStoreError) -> Step {
    let request = attempt.request
    guard let item else { return try create(&attempt, at: now) }
    try item.check(request)
    if let new = request.reservedPerPredicted { ratio = max(new, ratio + (new - ratio).dividedDown(by: 8)) }
    let guess = DynamoPlan.Guess(
      taken: attempt.hasLooked ? 0 : others.taken(at: now), ratio: ratio, others: max(item.census.waiting(at: seenAt) - 1, 0),
      isContended: attempt.steps > Self.contendedSteps)
    var plan = DynamoPlan(item, request, known: known, guess, at: now)
    let crowd = crowd(for: request, at: now)
    if crowd.waiting <= 1, turn.askAt.map({ $0 - now > Self.aloneMilliseconds }) ?? false {
      // The members that it waits for are gone.
      turn = DynamoTurn()
      attempt.turn = turn
    }
    let isEarly = turn.askAt.map { now < $0 } ?? false
    let asks = !request.bundles.isEmpty && !request.isLeaving && !isEarly && !attempt.isRefused
    if asks {
      turn = attempt.turn
      let allowance = turn.allowance(crowd, least: request.horizon, at: now)
      let need = fill(&plan, request, allowance)
      if plan.granted == 0, need.level > 0, !attempt.hasLooked {
        // What others gave back meanwhile may be enough, and to look costs a tenth of a write.
        return .read
      }
      if plan.granted == 0 {
        attempt.isRefused = true
        if need.level > 0 {
          turn.mustWait(Self.announced(max(need.level, need.pacer)), crowd, at: now, using: &dice)
        } else {
          turn.refused(lead: plan.lead / 1_000, need: need.pacer, crowd, at: now, using: &dice)
        }
      }
    }
    guard plan.granted > 0 || mustWrite(attempt, crowd, at: now) else {
      return .answer(.answer(unwritten(request, item, at: now)))
    }
    let step = write(plan, &attempt, at: now)
    guard case .write(let update) = step, !attempt.hasLooked, !guessesRight else { return step }
    attempt.guess = update
    attempt.plan = nil
    return .read
  }

  /// Books bundles into a plan while they fit and the turn lasts.
  /// - Returns: what the next bundle would need, in ms.
  private func fill(
    _ plan: inout DynamoPlan, _ request: SyncRequest, _ allowance: DynamoTurn.Allowance
  ) -> (level: Int64, pacer: Int64) {
    for bundle in request.bundles {
      guard plan.cost < allowance.cost else { return (0, 0) }
      let need = plan.need(bundle, horizon: allowance.horizon)
      guard need == (0, 0) else { return need }
      plan.take(bundle, horizon: allowance.horizon)
    }
    return (0, 0)
  }

  /// Waits of more than 2 s are announced shorter, since something may change meanwhile.
  static func announced(_ wait: Int64) -> Int64 { wait > 2_000 ? min(2_000 + (wait - 2_000) / 2, 10_000) : max(wait, 2) }

  func crowd(for request: SyncRequest, at now: Int64) -> DynamoCrowd {
    let others = item?.census.waiting(at: seenAt) ?? 0
    let own = waiting.span == nil ? Int64(1) : 0
    let first = request.bundles.first.flatMap { bundle in
      item?.meters(at: now).enumerated().reduce(Int64(1)) { max($0, $1.element.microseconds(for: bundle[$1.offset].predicted)) }
    }
    return DynamoCrowd(
      waiting: max(others + own, 1), bundle: (mean.bundle ?? first ?? 1).bounded(1, FleetBounds.costMax))
  }

  /// Whether the table must be told something, although nothing is booked.
  private func mustWrite(_ attempt: Attempt, _ crowd: DynamoCrowd, at now: Int64) -> Bool {
    let request = attempt.request
    guard let known, let item else { return true }
    if request.isLeaving || request.version > item.version || request.fallback != known.fallback { return true }
    let isUncounted = !request.bundles.isEmpty && waiting.span == nil
    if isUncounted, attempt.isRefused || turn.askAt.map({ $0 - now > Self.uncountedMilliseconds }) ?? false { return true }
    let owed = request.meters.map(\.owed)
    guard owed != known.owed else { return false }
    if let untoldSince, now - untoldSince >= Self.settleMilliseconds { return true }
    // A member that doesn't wait may not come back before it leaves.
    let parts =
      request.bundles.isEmpty
      ? Self.untoldPartsIdle * max(item.census.alive(at: seenAt), crowd.waiting) : Self.untoldParts * crowd.waiting
    return zip(zip(known.owed, owed), item.limits).contains { pair, limit in
      let back = pair.0.reserved - pair.1.reserved
      return back < 0 || back > (limit.kind == .concurrency ? 0 : limit.capacity / parts)
    }
  }

  private mutating func write(_ plan: DynamoPlan, _ attempt: inout Attempt, at now: Int64) -> Step {
    let request = attempt.request
    attempt.plan = plan
    attempt.presence = (!request.isLeaving, !request.isLeaving && plan.granted < request.bundles.count)
    var update = plan.update
    let span = DynamoCensus.span(at: now)
    let counts = [
      (DynamoItem.Name.alive, alive.change(attempt.presence.alive, at: now)),
      (DynamoItem.Name.waiting, waiting.change(attempt.presence.waiting, at: now)),
    ]
    for (letter, change) in counts where change != 0 { update.actions.append(.add("\(letter)\(span)", Int128(change))) }
    update.actions += plan.item.census.old(at: now).map { .remove($0) }
    return .write(update)
  }

  /// Makes the item, with what the member books already in it.
  private mutating func create(_ attempt: inout Attempt, at now: Int64) throws(FleetStoreError) -> Step {
    attempt.hasLooked = true
    let request = attempt.request
    let new = DynamoItem(request, after: lastItem, taken: others.taken(at: now), at: now)
    var plan = DynamoPlan(new, request, known: nil, DynamoPlan.Guess(), at: now)
    if !request.isLeaving {
      turn = attempt.turn
      _ = fill(&plan, request, turn.allowance(crowd(for: request, at: now), least: request.horizon, at: now))
    }
    guard case .write(let update) = write(plan, &attempt, at: now),
      case .written(let empty) = try new.creation(at: now).apply(to: nil),
      case .written(let item) = try update.apply(to: empty)
    else { throw .corrupt("item") }
    let actions = item.sorted { $0.key < $1.key }.map { DynamoUpdate.Action.set($0.key, $0.value) }
    return .write(DynamoUpdate(conditions: [.isNew], actions: actions))
  }
}
