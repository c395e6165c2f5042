/// What a member is answered.
extension DynamoLedger {
  private static let waitMax: Int64 = 10_000

  /// The answer to a sync that wrote, from the item as it is after the write.
  mutating func written(_ item: DynamoItem, _ attempt: Attempt, _ plan: DynamoPlan) -> SyncReply.Answer {
    let request = attempt.request
    record = record(of: request, item)
    record?.owed = request.owed(with: plan.granted)
    writtenAt = plan.now
    untoldSince = nil
    alive.wrote(attempt.presence.alive, at: plan.now)
    waiting.wrote(attempt.presence.waiting, at: plan.now)
    let meters = item.meters(at: plan.now)
    let granted = request.bundles.prefix(plan.granted)
    if !granted.isEmpty {
      let lead = meters.reduce(0) { max($0, $1.start(of: 0)) } / 1_000
      turn.booked(plan.cost, lead: lead, margin: request.horizon, crowd(for: request, at: plan.now), at: plan.now)
    }
    if !granted.isEmpty, let next = request.bundles.dropFirst(plan.granted).first {
      let need = zip(meters, next).reduce(0) { max($0, $1.0.wait(for: $1.1.reserved, ahead: 0)) }
      if need > 0 { turn.mustWait(Self.announced(need), at: plan.now) } else { turn.stopped() }
    }
    var answer = answer(request, item, meters, at: plan.now, granted: plan.granted)
    answer.delays = Self.delays(of: granted, meters)
    return answer
  }

  /// The answer to a sync that wrote nothing.
  mutating func unwritten(_ request: SyncRequest, _ item: DynamoItem, at now: Int64) -> SyncReply.Answer {
    if untoldSince == nil, request.meters.map(\.owed) != known?.owed { untoldSince = now }
    // What was refilled since the last look may have been taken by others.
    return answer(request, item, item.meters(at: min(seenAt, now)), at: now, granted: 0)
  }

  private mutating func answer(
    _ request: SyncRequest, _ item: DynamoItem, _ meters: [FleetMeter], at now: Int64, granted: Int
  ) -> SyncReply.Answer {
    // A member finds its part of the whole by this, so the guess goes on while the item isn't looked at.
    let total = item.total + others.taken(at: now)
    toldTotal = (item.epoch, item.epoch == toldTotal.epoch ? max(total, toldTotal.total) : total)
    let isDone = granted == request.bundles.count || request.isLeaving
    return SyncReply.Answer(
      epoch: item.epoch, now: now, delays: [],
      wait: isDone ? -1 : ((turn.askAt ?? now) - now).bounded(1, Self.waitMax), members: max(item.census.alive(at: seenAt), 1),
      waiting: item.census.waiting(at: seenAt), total: toldTotal.total, slot: 0, version: item.version,
      levels: meters.map(\.level),
      limits: request.version == item.version
        ? [] : item.limits.map { SyncReply.Limit(rate: $0.rate, capacity: $0.capacity, burst: $0.burst) })
  }

  /// Milliseconds until the start of each granted bundle.
  /// - Parameter meters: after all of them were taken.
  private static func delays(of granted: ArraySlice<[FleetAmount]>, _ meters: [FleetMeter]) -> [Int64] {
    var meters = meters
    for bundle in granted {
      for (index, amount) in bundle.enumerated() where meters[index].limit.kind == .minute {
        meters[index].pacer += amount.predicted
      }
    }
    return granted.map { bundle in
      let delay = zip(meters, bundle).reduce(0) { max($0, $1.0.start(of: $1.1.predicted).dividedDown(by: 1_000)) }
      for (index, amount) in bundle.enumerated() { meters[index].debit(amount) }
      return delay
    }
  }
}
