/// Everything that a probe has sent, and what became of it.
struct ProbeLog: Sendable {
  enum State: Sendable, Equatable {
    case pending, accepted
    case throttled(ProbeOutcome.Refusal)
    case failed, lost
  }

  struct Entry: Sendable {
    var sentAt: Int64
    var answeredAt: Int64 = 0
    /// Quota tokens when it starts.
    var reserved: Int
    /// Quota tokens when it has ended.
    var final: Int
    var step: Int
    var state = State.pending

    /// Whether the server took it, as far as is known.
    var isTaken: Bool { state == .accepted || state == .lost }
    var isThrottled: Bool { if case .throttled = state { true } else { false } }
  }

  private(set) var entries: [Entry] = []
  /// In the order of their answers.
  private(set) var answered: [Int] = []
  /// All before it have been answered.
  private(set) var resolved = 0
  private(set) var inFlight = 0
  private(set) var accepted = 0
  private(set) var throttled = 0
  private(set) var errors = 0
  /// Of the errors, those to which no whole answer came, and how many of them since the last answer.
  private(set) var lost = 0
  private(set) var lostRun = 0
  /// Quota tokens: what was kept, and what is reserved.
  private(set) var tokens: Int64 = 0
  /// Quota tokens that answered requests have kept, and the most that one of them did.
  private(set) var kept: Int64 = 0
  private(set) var keptMax = 0
  /// 429s by their words.
  private(set) var refusals: [ProbeOutcome.Refusal: Int] = [:]
  /// The usual time of an answer and of a 429, in nanoseconds.
  private(set) var latency: Int64 = 0
  private(set) var refusalLatency: Int64 = 0

  var startedAt: Int64 { entries.first?.sentAt ?? 0 }

  mutating func send(_ shape: ProbeShape, step: Int, at now: Int64) -> Int {
    entries.append(Entry(sentAt: now, reserved: shape.reservation, final: shape.reservation, step: step))
    inFlight += 1
    tokens += Int64(shape.reservation)
    return entries.count - 1
  }

  /// - Returns: false of an answer that was told before, or to nothing that was sent.
  mutating func answer(_ id: Int, _ outcome: ProbeOutcome, at now: Int64) -> Bool {
    guard entries.indices.contains(id), entries[id].state == .pending else { return false }
    entries[id].answeredAt = now
    inFlight -= 1
    let taken = now - entries[id].sentAt
    switch outcome {
    case .accepted(let quotaTokens):
      entries[id].state = .accepted
      if let quotaTokens { settle(id, quotaTokens) }
      kept += Int64(entries[id].final)
      keptMax = max(keptMax, entries[id].final)
      accepted += 1
      lostRun = 0
      latency = Self.smooth(latency, taken)
    case .throttled(let refusal):
      entries[id].state = .throttled(refusal)
      settle(id, 0)
      throttled += 1
      refusals[refusal, default: 0] += 1
      lostRun = 0
      refusalLatency = Self.smooth(refusalLatency, taken)
    case .lost:
      entries[id].state = .lost
      errors += 1
      lost += 1
      lostRun += 1
    case .capacity, .denied, .invalid:
      entries[id].state = .failed
      settle(id, 0)
      errors += 1
    }
    answered.append(id)
    while resolved < entries.count, entries[resolved].state != .pending { resolved += 1 }
    return true
  }

  private mutating func settle(_ id: Int, _ tokens: Int) {
    self.tokens += Int64(tokens - entries[id].reserved)
    entries[id].final = max(tokens, 0)
  }

  private static func smooth(_ mean: Int64, _ value: Int64) -> Int64 { mean == 0 ? value : mean + (value - mean) / 8 }
}
