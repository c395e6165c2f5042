extension ProbeSearch {
  /// nil where it was not looked for, or nothing is known.
  package var concurrency: ProbeConcurrency? {
    guard stop != .otherQuota, together.low > 0, together.high ?? .max >= together.low else { return nil }
    return ProbeConcurrency(low: together.low, high: together.high)
  }

  mutating func beginTogether(at now: Int64) {
    together.size = min(together.size, options.inFlightMax)
    beginRound(at: now)
  }

  private mutating func beginRound(at now: Int64) {
    phase = .together(together.size)
    together.first = log.entries.count
    spacing = max(log.latency / 2 / Int64(together.size), 1)
    dueAt = now
  }

  /// Between two requests of a round: those that should be throttled come late in the time of a reply, when a bucket that was
  /// full before the round would have room again.
  func pauseTogether(left: Int) -> Int64 {
    guard let high = together.high, left <= together.size - high else { return spacing }
    return max(log.latency * 2 / 5 / Int64(max(together.size - high, 1)), spacing)
  }

  mutating func reactTogether(to outcome: ProbeOutcome, left: Int, at now: Int64) {
    if case .throttled(.tokens) = outcome { return end(.otherQuota) }
    if left == 0, log.inFlight == 0 { endRound(at: now) }
  }

  private mutating func endRound(at now: Int64) {
    let round = log.entries[together.first...]
    count(round)
    // What was lost or failed may have left room for others.
    let isWhole = round.allSatisfy { $0.state == .accepted || $0.isThrottled }
    guard isWhole else {
      together.broken += 1
      return together.broken < ProbeRounds.most ? beginRound(at: now) : end(.noAnswer)
    }
    if round.contains(where: \.isThrottled) { together.throttled += 1 }
    guard let high = together.high else {
      guard together.size < options.inFlightMax else { return end(.inFlightMax) }
      together.size = min(2 * together.size, options.inFlightMax)
      return beginRound(at: now)
    }
    // Fewer got in than ran together before, or none: something else than their number.
    if high < max(together.low, 1) { return end(.otherQuota) }
    if together.throttled >= (high == together.low ? ProbeRounds.enough : ProbeRounds.most) { return end(.found) }
    together.size = min(high + max(2, high / 4), options.inFlightMax)
    beginRound(at: now)
  }

  /// A request that was taken ran beside those that had surely begun and surely not ended; one that was throttled met no more
  /// than those that may have been there.
  private mutating func count(_ round: ArraySlice<ProbeLog.Entry>) {
    let taken = round.filter { $0.state == .accepted }
    let present = round.filter(\.isTaken)
    // From here to there and back.
    let way = log.refusalLatency
    for entry in taken {
      let beside = taken.count { $0.sentAt < entry.sentAt && $0.answeredAt > entry.sentAt + way }
      together.low = max(together.low, beside + 1)
    }
    for entry in round where entry.isThrottled {
      let present = present.count { $0.sentAt <= entry.sentAt + way && $0.answeredAt > entry.sentAt }
      together.high = min(together.high ?? .max, present)
    }
  }
}
