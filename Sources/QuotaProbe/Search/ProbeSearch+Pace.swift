/// When the next request leaves.
extension ProbeSearch {
  /// Called when a request is due: may put it off, or change its rate.
  mutating func prepare(at now: Int64) {
    switch phase {
    case .burst: paceBurst(at: now)
    case .plateau: pacePlateau(at: now)
    case .again(let left): paceRound(left, at: now)
    case .holding: paceHolding(at: now)
    default: break
    }
  }

  /// The fastest that can be kept up with all requests under way at once, a second.
  var rateMax: Double { 0.9 * Double(options.inFlightMax) / max(Double(log.latency) / 1e9, 0.02) }

  /// Requests per minute that are expected, where all quotas are known that may bind.
  private var expected: Double? {
    prior.requestsPerMinute == nil || prior.tokensPerMinute == nil
      ? nil : prior.limit(tokens: shape.reservation)?.requestsPerMinute
  }

  mutating func beginBurst(at now: Int64) {
    phase = .burst
    burstMark = log.entries.count
    let latency = max(Double(log.latency) / 1e9, 0.02)
    // Where debits come late, requests under way are a debt that must be waited out afterwards.
    let factor = min(max(30 / latency, 2), 10)
    var rate = 5.0
    if let expected { rate = expected / 60 * factor }
    spacing = Self.spacing(min(max(rate, 2), rateMax))
    dueAt = now
  }

  private mutating func paceBurst(at now: Int64) {
    guard let first = firstThrottled else {
      let sent = log.entries.count - burstMark
      // Without an expectation, a pace at which a minute's worth is used up in a few latencies.
      let pace = 1e9 / Double(spacing) * max(3, 4 * Double(log.latency) / 1e9)
      let expected = expected.map { max(1.5 * $0, 20) } ?? pace
      if Double(sent) >= expected {
        spacing = Self.spacing(min(2e9 / Double(spacing), rateMax))
        burstMark = log.entries.count
      }
      return
    }
    let recent = latest(16, since: first, at: now)
    let tail = latest(80, since: first, at: now)
    let taken = tail.count - tail.throttled
    let isEmpty = recent.throttled >= 12 && (taken >= 4 || tail.count >= (taken == 0 ? 32 : 80))
    guard isEmpty || latest(Int.max, since: first, at: now).count >= max(64, first / 4) else { return }
    beginPlateau(at: now, taken: taken, seconds: tail.seconds, first: first)
  }

  private mutating func pacePlateau(at now: Int64) {
    if isAnalysisDue(at: now) {
      analyse()
      (analysedAt, analysedCount) = (now, log.resolved)
      followAnalysis(at: now)
      let isSame = isEnough(at: now) && analysis?.best?.name == confirmed
      confirmed = isEnough(at: now) ? analysis?.best?.name : nil
      if isSame { return endPlateau(at: now) }
    }
    let recent = latest(8, since: plateauMark, at: now)
    if isWatching {
      if recent.lastIsTaken { setWatching(false, at: now) }
    } else if recent.count >= 8, recent.throttled == recent.count {
      setWatching(true, at: now)
    } else {
      adapt(at: now)
    }
  }

  private mutating func setWatching(_ watching: Bool, at now: Int64) {
    isWatching = watching
    rateMark = log.entries.count
    setPlateauSpacing()
    dueAt = watching ? now + spacing : now
  }

  /// Keeps the share of refusals where they tell something and cost little, as long as nothing better is known.
  private mutating func adapt(at now: Int64) {
    let isWindow = analysis?.best.map { !$0.name.isBucket } ?? false
    let recent = latest(
      isWindow
        ? Int(min(70 * rate, 30_000)) : max(32, min(Int(rate * overload * (2.5 * Double(log.latency) / 1e9 + 1.5)), 1_500)),
      since: rateMark, at: now)
    guard recent.count >= 24 else { return }
    let share = Double(recent.throttled) / Double(recent.count)
    if share > 0.7 {
      setRate(rate * max(1 - share, 0.1) * overload)
    } else if share < 0.02, recent.seconds > (isWindow ? 64 : 0), recent.seconds > 2 * Double(log.latency) / 1e9 + 1 {
      setRate(rate * 1.3)
      if mayBeRefilled(at: now) {
        if !isRefilled { plateaus[plateaus.count - 1].end = now }
        isRefilled = true
      }
    }
  }

  /// Whether a bucket may have come to its brim since the last refusal, so that some of what came back was lost.
  private func mayBeRefilled(at now: Int64) -> Bool {
    let seconds = Double(now - lastThrottledAt) / 1e9
    return seconds > 2 + 2 * Double(log.latency) / 1e9 && seconds > 0.8 * burstSeconds
  }

  /// How long it takes at the present rate until what was taken at once has come back.
  private var burstSeconds: Double {
    guard let first = firstThrottled, unit == .requests || plateauSize > 0 else { return 0 }
    let rate = unit == .requests ? rate : rate * plateauSize / Double(shape.reservation)
    return Double(first) / max(rate, 1e-9) - Double(log.entries[first].sentAt - log.startedAt) / 1e9
  }

  mutating func setRate(_ rate: Double) {
    self.rate = rate
    rateMark = log.entries.count
    resize()
    setPlateauSpacing()
  }

  mutating func setPlateauSpacing() {
    // Coarse enough to cost little, fine enough to see when refusals end.
    let offered = isWatching ? min(max(rate / 1.5, 0.2), 2) : min(rate * overload, rateMax)
    spacing = Self.spacing(offered)
  }

  /// How much more than comes back is offered. Refusals place the line, so few requests need more of them; those that come by lot
  /// find the empty part of the quota more often.
  var overload: Double {
    switch analysis?.best?.name {
    case .fixed60: return 1.08
    case .rolling60: return 1.1
    case .hierarchical: return 1.3
    default: return rate > 4 ? 1.15 : rate > 1.5 ? 1.25 : 1.5
    }
  }

  static func spacing(_ rate: Double) -> Int64 { Int64(1e9 / min(max(rate, 1e-3), 1e6)) }

  /// The latest requests whose refusal would be known by now: how many, how many were refused, and the seconds they took.
  func latest(_ most: Int, since first: Int, at now: Int64) -> (count: Int, throttled: Int, seconds: Double, lastIsTaken: Bool) {
    let known = now - 2 * log.refusalLatency - 50_000_000
    var (count, throttled, last) = (0, 0, true)
    var (begin, end) = (Int64(0), Int64(0))
    for entry in log.entries[min(first, log.entries.count)...].reversed() {
      guard count < most else { break }
      if entry.state == .pending, entry.sentAt > known { continue }
      if count == 0 { (end, last) = (entry.sentAt, !entry.isThrottled) }
      begin = entry.sentAt
      count += 1
      if entry.isThrottled { throttled += 1 }
    }
    return (count, throttled, Double(end - begin) / 1e9, count > 0 && last)
  }
}
