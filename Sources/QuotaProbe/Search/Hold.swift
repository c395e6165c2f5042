import BedrockQuotas

/// Probes tokens per minute by reservation: a short prompt with a large max_tokens reserves much of the quota while it runs, then
/// gives nearly all of it back.
///
/// While trials reserve more than the quota holds, the reservations in flight show its size. In a bucket that is refilled at a
/// rate r, they grow by r · t, because the bucket was full at the start and gets every reservation back; in a window, they stay
/// the same. This distinguishes buckets of some seconds from rolling windows. Other windows look like neither, and the search
/// doesn't guess.
struct Hold: Sendable {
  enum Decision {
    /// Continue as before.
    case goOn
    /// A fill begins now: restart the schedule.
    case fill
    /// Send nothing until all trials have ended; then a new fill begins.
    case drain
    case stop(ProbeStop)
  }

  /// One attempt to fill the quota and keep it full.
  private struct Fill {
    var startedAt: Int64
    /// The number of trials sent and the quota tokens used before.
    var mark: Int
    var tokensBefore: Int64
    /// The time at which the rate was last doubled.
    var doubledAt: Int64
    /// nil before the first 429 for tokens.
    var full: Full?
    /// Whether the search waits for all trials to end. The quota is then whole again, and a new fill begins.
    var isDraining = false
  }

  /// The quota is full of reservations.
  private struct Full {
    var since: Int64
    /// Quota tokens in flight when it became full, and at the latest 429.
    var tokens: Int64
    var latest: Int64
  }

  private typealias Numbers = Tuning.Hold

  /// The largest size that is sent.
  private(set) var size: TrialSize
  private var fill: Fill
  private var estimate = Estimate()
  private let firstAt: Int64
  /// Smaller sizes to be sent next.
  private var fine: [TrialSize] = []
  private var spacing: Int64 = 0
  private var pacedAt: Int64 = 0
  /// Trials sent per trial that ends.
  private var overload = Numbers.overload
  private var restarts = 0

  init(size: TrialSize, at now: Int64, _ context: SearchContext) {
    self.size = size
    firstAt = now
    fill = Fill(startedAt: now, mark: 0, tokensBefore: 0, doubledAt: now)
    begin(at: now, context)
  }

  var analysis: Analysis? { estimate.analysis }

  private mutating func begin(at now: Int64, _ context: SearchContext) {
    let log = context.log
    estimate = Estimate()
    fill = Fill(startedAt: now, mark: log.entries.count, tokensBefore: log.tokens, doubledAt: now)
    let expected = context.prior.tokensPerMinute.map { $0 / Double(size.reservation) } ?? Numbers.parts
    spacing = Departure.spacing(
      min(Numbers.fillOverload * max(expected, 1) * 1e9 / Double(Self.replyTime(log)), context.rateMax))
  }

  /// The usual time to a reply, in nanoseconds, but at least ``Tuning/Hold/latencyMin``.
  private static func replyTime(_ log: TrialLog) -> Int64 { max(log.latency, Numbers.latencyMin) }

  // MARK: Events

  mutating func send(due: Int64, at now: Int64, _ log: TrialLog) -> Departure {
    Departure(
      size: nextSize(log), kind: fill.full == nil ? .burst : .hold, spacing: spacing,
      nextDue: Departure.nextDue(after: due, pause: spacing, at: now))
  }

  /// Varies the size, so that the rest of the quota can be any fraction of a trial.
  private mutating func nextSize(_ log: TrialLog) -> TrialSize {
    if !fine.isEmpty { return fine.removeFirst() }
    let place = Double(log.entries.count) * Tuning.goldenFraction
    return sized(Numbers.sizeMin + Numbers.sizeSpan * (place - place.rounded(.down)))
  }

  private func sized(_ share: Double) -> TrialSize {
    TrialSize(inputTokens: size.inputTokens, maxTokens: max(Int(saturating: Double(size.maxTokens) * share), 1))
  }

  mutating func answered(_ outcome: ProbeOutcome, to entry: TrialLog.Entry, at now: Int64, _ context: SearchContext) -> Decision {
    let decision = react(to: outcome, of: entry, at: now, context)
    if case .stop = decision { return decision }
    guard fill.isDraining, context.log.inFlight == 0 else { return decision }
    begin(at: now, context)
    return .fill
  }

  private mutating func react(
    to outcome: ProbeOutcome, of entry: TrialLog.Entry, at now: Int64, _ context: SearchContext
  ) -> Decision {
    let log = context.log
    switch outcome {
    case .accepted where entry.final > Numbers.keptMax: return .stop(.longAnswers)
    // Requests per minute bind first, so more trials would show nothing.
    case .throttled(.requests): return .stop(.otherQuota)
    case .throttled where !fill.isDraining && entry.sentAt >= fill.startedAt:
      let reserved = reserved(at: now, log)
      guard fill.full != nil else { return becameFull(reserved, since: entry.sentAt, context) }
      fill.full?.latest = reserved
      return .goOn
    case .accepted where !fill.isDraining:
      // Tokens that were given back and not reserved again may have filled a bucket, which then lost some of its refill.
      guard let full = fill.full, full.latest - (log.tokens - fill.tokensBefore) > full.tokens * Numbers.lostTenths / 10
      else { return .goOn }
      return restart()
    default: return .goOn
    }
  }

  private mutating func becameFull(_ reserved: Int64, since instant: Int64, _ context: SearchContext) -> Decision {
    fill.full = Full(since: instant, tokens: reserved, latest: reserved)
    fine = Numbers.fine.map { sized(1 / Double($0)) }
    let count = Double(reserved) / (Numbers.sizeMean * Double(size.reservation))
    // The lower bound matters if not even one trial was accepted.
    let least = max(size.maxTokens / Numbers.resizeDivisor, Int(Numbers.replyMin))
    let better = min(max(Int(saturating: Double(reserved) / Numbers.parts), least), context.options.replyTokensMax)
    guard !Numbers.sensible.contains(count), abs(Double(better) / Double(size.maxTokens) - 1) > Numbers.resizeMin else {
      return .goOn
    }
    size.maxTokens = better
    return restart(by: 1)
  }

  /// - Parameter factor: multiplies the number of trials sent per trial that ends.
  private mutating func restart(by factor: Double = Numbers.restartOverload) -> Decision {
    restarts += 1
    overload = min(overload * factor, Numbers.overloadMax)
    if restarts > Numbers.restartsMax { return .stop(.unclear) }
    fill.isDraining = true
    return .drain
  }

  /// Quota tokens that are reserved, except by trials sent so recently that they may still be throttled.
  private func reserved(at now: Int64, _ log: TrialLog) -> Int64 {
    let undecided = log.entries.reversed().prefix { $0.sentAt > now - log.throttleLatency * 3 / 2 }
    return log.tokens - fill.tokensBefore - undecided.reduce(0) { $0 + ($1.state == .pending ? Int64($1.reserved) : 0) }
  }

  mutating func due(at now: Int64, _ context: SearchContext) -> Decision {
    let decision = pace(at: now, context)
    guard case .drain = decision, context.log.inFlight == 0 else { return decision }
    begin(at: now, context)
    return .fill
  }

  private mutating func pace(at now: Int64, _ context: SearchContext) -> Decision {
    let log = context.log
    let replyTime = Self.replyTime(log)
    guard let full = fill.full else { return accelerate(at: now, replyTime, context) }
    let quiet = now - max(full.since, log.lastThrottledAt)
    if quiet > max(Numbers.quiet, replyTime * 3 / 4), log.entries.count - fill.mark > Numbers.quietTrials,
      spacing > Departure.spacing(context.rateMax)
    {
      return restart()
    }
    if now - pacedAt > replyTime / 4 {
      pacedAt = now
      if now - full.since > replyTime * 3 / 2 { adapt(at: now, log) }
      let trials = Double(full.latest) / (Numbers.sizeMean * Double(size.reservation))
      spacing = Departure.spacing(min(overload * max(trials, 1) * 1e9 / Double(replyTime), context.rateMax))
    }
    return conclude(full, at: now, context)
  }

  /// Doubles the rate if no trial was throttled for one and a half reply times.
  private mutating func accelerate(at now: Int64, _ replyTime: Int64, _ context: SearchContext) -> Decision {
    guard now - fill.doubledAt > replyTime * 3 / 2 else { return .goOn }
    let fastest = Departure.spacing(context.rateMax)
    if spacing <= fastest { return .stop(.notHeld) }
    (spacing, fill.doubledAt) = (max(spacing / 2, fastest), now)
    return .goOn
  }

  /// Keeps the share of 429s in a range in which returned tokens are soon reserved again but few trials are wasted.
  private mutating func adapt(at now: Int64, _ log: TrialLog) {
    let recent = log.latest(Numbers.recent, since: fill.mark, at: now)
    guard recent.count >= Numbers.recent else { return }
    if recent.throttled < Numbers.throttledMin { overload = min(overload * Numbers.raise, Numbers.overloadMax) }
    if recent.throttled > Numbers.throttledMax { overload = max(overload * Numbers.lower, Numbers.overloadMin) }
  }

  // MARK: Analysis

  private mutating func conclude(_ full: Full, at now: Int64, _ context: SearchContext) -> Decision {
    guard now - full.since > Numbers.full, estimate.age(at: now) > Numbers.analyseAfter else { return .goOn }
    estimate.mark(at: now, context.log)
    analyse(context.log)
    if estimate.confirm(isEnough(for: now - full.since, precision: context.options.precision)) { return .stop(.found) }
    let noise = estimate.analysis?.best?.noise ?? .infinity
    let isNoisy = now - full.since > Numbers.noiseAfter && noise >= Numbers.noiseMax
    return isNoisy || now - firstAt > Numbers.fullMax ? .stop(.unclear) : .goOn
  }

  private func isEnough(for nanoseconds: Int64, precision: Double) -> Bool {
    guard let analysis = estimate.analysis, let best = analysis.best, let interval = analysis.interval, best.rate > 0,
      best.noise < Numbers.noiseMax
    else { return false }
    if let burst = best.burst, burst < Numbers.bucketSecondsMin * best.rate { return false }
    guard best.name.isBucket || nanoseconds > Numbers.fullWindow else { return false }
    return (interval.upperBound - interval.lowerBound) / 2 <= precision * best.rate
      && (analysis.likelihoods[best.name] ?? 0) > Numbers.likelihoodMin
  }

  private mutating func analyse(_ log: TrialLog) {
    let trace = Trace(log, unit: .tokens, rowsMax: Tuning.Fits.rowsMaxHold)
    estimate.analysis = Analysis(
      trace,
      HoldFit.candidates(
        trace, since: Double(fill.startedAt - log.startedAt) / 1e9, latency: Double(log.latency) / 1e9,
        throttleLatency: Double(log.throttleLatency) / 1e9))
  }

  /// Ends the search. If a cap or a person ended it before the analysis sufficed, there is no finding.
  mutating func conclude(_ stop: ProbeStop?, _ log: TrialLog) {
    if stop == .found { return }
    guard stop?.isEarly == true, let full = fill.full, !fill.isDraining, let last = log.entries.last else {
      estimate.analysis = nil
      return
    }
    analyse(log)
    if !isEnough(for: last.sentAt - full.since, precision: Numbers.cappedPrecision) { estimate.analysis = nil }
  }
}
