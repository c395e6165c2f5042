/// Every trial that was sent, and how it ended.
struct TrialLog: Sendable {
  enum State: Sendable, Equatable {
    case pending, accepted
    case throttled(ProbeOutcome.Throttle)
    case failed, lost
  }

  struct Entry: Sendable {
    /// Nanoseconds.
    var sentAt: Int64
    var answeredAt: Int64 = 0
    /// Quota tokens reserved when it started.
    var reserved: Int
    /// Quota tokens kept when it ended.
    var final: Int
    var step: Int
    var state = State.pending

    /// Whether the service accepted it or may have: a lost trial may have counted.
    var isAccepted: Bool { state == .accepted || state == .lost }
    var isThrottled: Bool { if case .throttled = state { true } else { false } }
  }

  /// The latest entries whose 429 would be known by now.
  struct Recent {
    var count = 0
    var throttled = 0
    /// Seconds from the first of them to the last.
    var seconds = 0.0
    var lastIsAccepted = false
  }

  private(set) var entries: [Entry] = []
  /// Indices of entries in the order of their answers.
  private(set) var answered: [Int] = []
  /// All entries before this index have been answered.
  private(set) var resolved = 0
  private(set) var inFlight = 0
  private(set) var accepted = 0
  private(set) var throttled = 0
  private(set) var errors = 0
  /// The number of trials without a complete answer, in total and since the latest trial that the service answered.
  private(set) var lost = 0
  private(set) var lostRun = 0
  /// The number of consecutive errors for lack of capacity.
  private(set) var capacityRun = 0
  /// Quota tokens kept by ended trials and reserved by those in flight.
  private(set) var tokens: Int64 = 0
  /// Quota tokens kept by accepted trials, in total and at most by one of them.
  private(set) var kept: Int64 = 0
  private(set) var keptMax = 0
  /// Quota tokens reserved by trials whose use is not known: in flight, lost, or accepted without a usage.
  private(set) var uncertain: Int64 = 0
  /// The most that an accepted trial kept, as a multiple of what it was estimated to reserve; at least 1.
  private(set) var overrun = 1.0
  /// 429s by the quota that they name.
  private(set) var throttles: [ProbeOutcome.Throttle: Int] = [:]
  /// The time at which the latest throttled trial was sent.
  private(set) var lastThrottledAt: Int64 = 0
  /// Moving averages of the time to an answer and to a 429, in nanoseconds.
  private(set) var latency: Int64 = 0
  private(set) var throttleLatency: Int64 = 0

  var startedAt: Int64 { entries.first?.sentAt ?? 0 }

  /// Whether no 429 has named its quota yet: then only the sizes of trials can tell which one binds.
  var isWordless: Bool { throttles[.requests] == nil && throttles[.tokens] == nil }

  mutating func send(_ size: TrialSize, step: Int, at now: Int64) -> Int {
    entries.append(Entry(sentAt: now, reserved: size.reservation, final: size.reservation, step: step))
    inFlight += 1
    tokens += Int64(size.reservation)
    uncertain += Int64(size.reservation)
    return entries.count - 1
  }

  /// - Returns: false if the trial was answered before or never sent.
  mutating func answer(_ id: Int, _ outcome: ProbeOutcome, at now: Int64) -> Bool {
    guard entries.indices.contains(id), entries[id].state == .pending else { return false }
    entries[id].answeredAt = now
    inFlight -= 1
    capacityRun = outcome == .capacity ? capacityRun + 1 : 0
    switch outcome {
    case .accepted(let quotaTokens): accept(id, quotaTokens, at: now)
    case .throttled(let throttle): throttleOne(id, throttle, at: now)
    case .lost:
      entries[id].state = .lost
      errors += 1
      lost += 1
      lostRun += 1
    case .capacity, .denied, .invalid:
      if outcome == .capacity { lostRun = 0 }
      entries[id].state = .failed
      settle(id, 0)
      errors += 1
    }
    answered.append(id)
    while resolved < entries.count, entries[resolved].state != .pending { resolved += 1 }
    return true
  }

  private mutating func accept(_ id: Int, _ quotaTokens: Int?, at now: Int64) {
    entries[id].state = .accepted
    if let quotaTokens {
      overrun = max(overrun, Double(quotaTokens) / Double(max(entries[id].reserved, 1)))
      settle(id, quotaTokens)
    }
    kept += Int64(entries[id].final)
    keptMax = max(keptMax, entries[id].final)
    accepted += 1
    lostRun = 0
    latency = Self.smooth(latency, now - entries[id].sentAt)
  }

  private mutating func throttleOne(_ id: Int, _ throttle: ProbeOutcome.Throttle, at now: Int64) {
    entries[id].state = .throttled(throttle)
    settle(id, 0)
    throttled += 1
    throttles[throttle, default: 0] += 1
    lostRun = 0
    lastThrottledAt = max(lastThrottledAt, entries[id].sentAt)
    throttleLatency = Self.smooth(throttleLatency, now - entries[id].sentAt)
  }

  private mutating func settle(_ id: Int, _ tokens: Int) {
    self.tokens += Int64(tokens - entries[id].reserved)
    uncertain -= Int64(entries[id].reserved)
    entries[id].final = max(tokens, 0)
  }

  private static func smooth(_ mean: Int64, _ value: Int64) -> Int64 {
    mean == 0 ? value : mean + (value - mean) / Tuning.latencyDecay
  }

  /// The latest entries whose 429 would be known by now.
  /// - Parameters:
  ///   - most: the largest number of entries.
  ///   - first: the first entry that counts.
  func latest(_ most: Int, since first: Int, at now: Int64) -> Recent {
    let known = now - 2 * throttleLatency - Tuning.throttleSlack
    var recent = Recent()
    var (begin, end) = (Int64(0), Int64(0))
    for entry in entries[min(first, entries.count)...].reversed() {
      guard recent.count < most else { break }
      if entry.state == .pending, entry.sentAt > known { continue }
      if recent.count == 0 { (end, recent.lastIsAccepted) = (entry.sentAt, !entry.isThrottled) }
      begin = entry.sentAt
      recent.count += 1
      if entry.isThrottled { recent.throttled += 1 }
    }
    recent.seconds = Double(end - begin) / 1e9
    return recent
  }
}
