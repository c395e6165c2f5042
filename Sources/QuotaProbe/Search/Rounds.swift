/// Finds how many requests may run concurrently. All trials of a round are sent before the first of them could end; the next
/// round
/// begins when all have ended.
struct Rounds: Sendable {
  enum Answered {
    /// The round isn't over.
    case pending
    /// The next round begins now.
    case next
    case stop(ProbeStop)
  }

  private typealias Numbers = Tuning.Rounds

  let size: TrialSize
  /// The number of trials in the round, and how many of them are still to be sent.
  private var count = Numbers.first
  private var left = 0
  /// Index of the round's first trial.
  private var first = 0
  private var spacing: Int64 = 1
  /// Rounds with a 429.
  private var throttled = 0
  /// Rounds in which a trial was lost, or failed for another reason.
  private var broken = 0
  /// The most trials that certainly ran concurrently.
  private var low = 0
  /// The fewest concurrent trials beside which another was throttled; nil if none was yet.
  private var high: Int?

  init(size: TrialSize, _ context: SearchContext) {
    self.size = size
    count = min(count, context.options.inFlightMax)
    begin(context.log)
  }

  /// The bounds so far; nil if nothing is known or they contradict each other.
  var bounds: ProbeConcurrency? {
    guard low > 0, high ?? .max >= low else { return nil }
    return ProbeConcurrency(low: low, high: high)
  }

  private mutating func begin(_ log: TrialLog) {
    left = count
    first = log.entries.count
    spacing = max(log.latency / 2 / Int64(count), 1)
  }

  mutating func send(due: Int64, _ log: TrialLog) -> Departure {
    left -= 1
    return Departure(
      size: size, kind: .round, startsStep: log.entries.count == first ? true : nil, spacing: spacing,
      nextDue: left > 0 ? due + pause(log) : nil)
  }

  /// Trials that should be throttled are sent late in a latency, when a bucket that was full before the round would have room
  /// again.
  private func pause(_ log: TrialLog) -> Int64 {
    guard let high, left <= count - high else { return spacing }
    return max(log.latency * 2 / 5 / Int64(max(count - high, 1)), spacing)
  }

  mutating func answered(_ outcome: ProbeOutcome, _ context: SearchContext) -> Answered {
    if case .throttled(.tokens) = outcome { return .stop(.otherQuota) }
    guard left == 0, context.log.inFlight == 0 else { return .pending }
    return end(context)
  }

  private mutating func end(_ context: SearchContext) -> Answered {
    let log = context.log
    let most = context.options.inFlightMax
    let round = log.entries[first...]
    narrow(round, log)
    // A trial that was lost or failed may have left room for others.
    guard round.allSatisfy({ $0.state == .accepted || $0.isThrottled }) else {
      broken += 1
      return broken < Numbers.most ? next(log) : .stop(.noAnswer)
    }
    if round.contains(where: \.isThrottled) { throttled += 1 }
    guard let high else {
      guard count < most else { return .stop(.inFlightMax) }
      count = min(2 * count, most)
      return next(log)
    }
    // If fewer were accepted than ran concurrently before, or none, something other than concurrency binds.
    if high < max(low, 1) { return .stop(.otherQuota) }
    if throttled >= (high == low ? Numbers.enough : Numbers.most) { return .stop(.found) }
    count = min(high + max(Numbers.excessMin, high / Numbers.excessDivisor), most)
    return next(log)
  }

  private mutating func next(_ log: TrialLog) -> Answered {
    begin(log)
    return .next
  }

  /// Narrows the bounds. An accepted trial ran beside at least the trials that had certainly begun and not ended; a throttled
  /// trial met at most the trials that may have been in flight.
  private mutating func narrow(_ round: ArraySlice<TrialLog.Entry>, _ log: TrialLog) {
    let accepted = round.filter { $0.state == .accepted }
    let present = round.filter(\.isAccepted)
    // The time to the service and back.
    let way = log.throttleLatency
    for entry in accepted {
      let beside = accepted.count { $0.sentAt < entry.sentAt && $0.answeredAt > entry.sentAt + way }
      low = max(low, beside + 1)
    }
    for entry in round where entry.isThrottled {
      let present = present.count { $0.sentAt <= entry.sentAt + way && $0.answeredAt > entry.sentAt }
      high = min(high ?? .max, present)
    }
  }
}
