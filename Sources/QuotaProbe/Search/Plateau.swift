import BedrockQuotas

/// Sends a little faster than the refill rate, so that the quota stays empty and few trials are throttled.
///
/// The sustained rate is counted, not bisected: while the quota stays empty, the service accepts as much as it refills, give or
/// take one request. So a hundred trials measure the rate to one percent, while each step of a bisection would need as many.
struct Plateau: Sendable {
  enum Due {
    /// Send the trial.
    case send
    /// Restart the schedule at this instant.
    case anew(at: Int64)
    /// The rate is known, but few trials fit into the bucket: continue with more bursts.
    case rebursts(Rebursts)
    /// The limit is known.
    case found
  }

  typealias Numbers = Tuning.Plateau

  /// The size of request for which the probe looks for the binding quota.
  let typical: TrialSize
  let burst: Burst.Summary
  let start: Int64
  /// Index of the plateau's first trial.
  let mark: Int
  /// The number of trials sent before the rate was last changed.
  private var rateMark: Int
  /// The unit of the quota that is expected to bind.
  var unit: Trace.Unit
  var sizes: PlateauSizes
  var intervals: EmptyIntervals
  var estimate: Estimate
  /// How much better ``unit`` explains both sizes than the other measure, as a log-likelihood.
  var measureEvidence: Double?
  /// The estimated refill, in trials of ``sizes`` per second.
  private(set) var rate: Double
  private var spacing: Int64 = 0
  /// Whether all of the latest trials were throttled, so that the plateau sends only now and then to see when that ends.
  private var isWatching = false

  /// - Parameter tail: the number of accepted trials among the burst's latest ones, and the seconds in which those were sent.
  init(
    typical: TrialSize, after burst: Burst.Summary, tail: (accepted: Int, seconds: Double), at now: Int64,
    _ context: SearchContext
  ) {
    self.typical = typical
    self.burst = burst
    start = now
    mark = context.log.entries.count
    rateMark = mark
    intervals = EmptyIntervals(from: now)
    estimate = Estimate(at: now, context.log)
    unit = Self.unit(typical, context)
    let rate = Self.rate(typical, burst, tail, context)
    sizes = PlateauSizes(unit, typical: typical, tokensPerMinute: rate * 60 * Double(typical.reservation), context)
    self.rate = unit == .tokens ? rate * Double(typical.reservation) / sizes.mean : rate
    respace(context)
  }

  /// The quota that more 429s name; if neither, the quota that is expected to bind.
  private static func unit(_ typical: TrialSize, _ context: SearchContext) -> Trace.Unit {
    let (requests, tokens) = (context.log.throttles[.requests] ?? 0, context.log.throttles[.tokens] ?? 0)
    if requests != tokens { return requests > tokens ? .requests : .tokens }
    return context.prior.limit(tokens: typical.reservation)?.measure == .tpm ? .tokens : .requests
  }

  /// A first estimate of the refill, in typical trials per second.
  private static func rate(
    _ typical: TrialSize, _ burst: Burst.Summary, _ tail: (accepted: Int, seconds: Double), _ context: SearchContext
  ) -> Double {
    let accepted = Double(context.log.accepted)
    // This assumes a bucket of a minute, unless the tail shows a faster refill.
    let rate = accepted / (60 + burst.seconds)
    let tailRate = tail.seconds > 0 ? Double(tail.accepted) / tail.seconds : 0
    if tail.accepted >= Numbers.tailAccepted {
      return tailRate > Numbers.tailFactor * rate ? tailRate : rate
    }
    guard let expected = context.prior.limit(tokens: typical.reservation)?.requestsPerMinute,
      accepted < expected / Numbers.usedUpShare
    else { return rate }
    return expected / 60
  }

  // MARK: Events

  func send(due: Int64, at now: Int64, _ log: TrialLog) -> Departure {
    // A size that exceeds the quota's window would always be throttled, so only small trials are sent while watching.
    let size = isWatching ? sizes.small : sizes.size(log.entries.count - mark, isWordless: log.isWordless)
    let next = Departure.nextDue(after: due, pause: pause(after: size, log), at: now)
    return Departure(size: size, kind: isWatching ? .watch : .plateau, spacing: spacing, nextDue: next)
  }

  /// The pause grows with the size, so that the offered tokens stay the same: a small bucket fills quickly.
  private func pause(after size: TrialSize, _ log: TrialLog) -> Int64 {
    guard unit == .tokens, !isWatching, !log.isWordless else { return spacing }
    return Int64(saturating: Double(spacing) * Double(size.reservation) / sizes.mean)
  }

  mutating func answered(_ outcome: ProbeOutcome, sentAt: Int64) {
    if case .throttled = outcome { intervals.throttled(sentAt: sentAt) }
  }

  mutating func due(at now: Int64, _ context: SearchContext) -> Due {
    let log = context.log
    if isAnalysisDue(at: now, log) {
      if let other = analyse(log) { adopt(other, context) }
      estimate.mark(at: now, log)
      follow(at: now, context)
      if estimate.confirm(isEnough(at: now, context)) { return end(at: now, context) }
    }
    let recent = log.latest(Numbers.watchAfter, since: mark, at: now)
    if isWatching {
      if recent.lastIsAccepted { return watch(false, at: now, context) }
    } else if recent.count >= Numbers.watchAfter, recent.throttled == recent.count {
      return watch(true, at: now, context)
    } else {
      adapt(at: now, context)
    }
    return .send
  }

  /// The rate is known: ends, or measures the capacity of the bucket again.
  private mutating func end(at now: Int64, _ context: SearchContext) -> Due {
    guard let size = Rebursts.size(after: self, context) else { return .found }
    intervals.close(at: now)
    settleMeasure(context.log)
    return .rebursts(Rebursts(after: self, size: size, at: now, context))
  }

  private mutating func watch(_ watching: Bool, at now: Int64, _ context: SearchContext) -> Due {
    isWatching = watching
    rateMark = context.log.entries.count
    respace(context)
    return .anew(at: watching ? now + spacing : now)
  }

  // MARK: Rate

  /// Keeps the share of 429s in a range in which they are informative and cheap.
  private mutating func adapt(at now: Int64, _ context: SearchContext) {
    let isWindow = estimate.analysis?.best.map { !$0.name.isBucket } ?? false
    let recent = context.log.latest(recentMax(isWindow: isWindow, context.log), since: rateMark, at: now)
    guard recent.count >= Numbers.recentMin else { return }
    let share = Double(recent.throttled) / Double(recent.count)
    let latency = Double(context.log.latency) / 1e9
    let secondsMin = max(
      isWindow ? Numbers.raiseWindowSeconds : 0, Numbers.raiseLatencies * latency + Numbers.raiseSeconds)
    if share > Numbers.throttledMax {
      setRate(rate * max(1 - share, Numbers.acceptedMin) * overload, context)
    } else if share < Numbers.throttledMin, recent.seconds > secondsMin {
      setRate(rate * Numbers.raise, context)
      if mayBeRefilled(at: now, context.log) { intervals.refill(at: now) }
    }
  }

  /// The number of latest trials from which the share of 429s is computed.
  private func recentMax(isWindow: Bool, _ log: TrialLog) -> Int {
    if isWindow { return Int(saturating: min(Numbers.recentWindowSeconds * rate, Numbers.recentWindowMax)) }
    let trials = Int(saturating: rate * overload * (Numbers.recentLatencies * Double(log.latency) / 1e9 + Numbers.recentSeconds))
    return max(Numbers.recent.lowerBound, min(trials, Numbers.recent.upperBound))
  }

  /// Whether a bucket may have been full since the last 429, so that some of its refill was lost.
  private func mayBeRefilled(at now: Int64, _ log: TrialLog) -> Bool {
    let seconds = Double(now - log.lastThrottledAt) / 1e9
    return seconds > Numbers.refilledSeconds + Numbers.refilledLatencies * Double(log.latency) / 1e9
      && seconds > Numbers.refilledShare * burstSeconds
  }

  /// Seconds until the amount that the burst took is refilled at the present rate.
  private var burstSeconds: Double {
    guard unit == .requests || sizes.mean > 0 else { return 0 }
    let rate = unit == .requests ? rate : rate * sizes.mean / Double(typical.reservation)
    return Double(burst.firstThrottled) / max(rate, 1e-9) - burst.seconds
  }

  mutating func setRate(_ rate: Double, _ context: SearchContext) {
    self.rate = rate
    rateMark = context.log.entries.count
    resize(context)
    respace(context)
  }

  /// Changes the sizes if the first guess of the rate was far off.
  private mutating func resize(_ context: SearchContext) {
    guard unit == .tokens else { return }
    let size = sizes.mean
    let (before, tokensPerMinute) = (rate, rate * 60 * size)
    let better = PlateauSizes(unit, typical: typical, tokensPerMinute: tokensPerMinute, context)
    guard abs(better.mean / size - 1) >= Numbers.resizeMin else { return }
    sizes = better
    rate = before * size / better.mean
  }

  private mutating func respace(_ context: SearchContext) {
    guard isWatching else {
      spacing = Departure.spacing(min(rate * overload, context.rateMax))
      return
    }
    // The rate is low enough to cost little and high enough to see when 429s end.
    let range = Numbers.watchRate
    spacing = Departure.spacing(min(max(rate / Numbers.watchDivisor, range.lowerBound), range.upperBound))
  }

  /// The multiple of the estimated refill rate at which to send.
  private var overload: Double {
    switch estimate.analysis?.best?.name {
    case .fixed60: Numbers.overloadFixed
    case .rolling60: Numbers.overloadRolling
    case .hierarchical: Numbers.overloadHierarchical
    default: Numbers.overload(rate: rate)
    }
  }

  /// Continues with the measure that explains the answers better, and with sizes that suit it.
  private mutating func adopt(_ other: Analysis, _ context: SearchContext) {
    guard let better = other.best, better.rate > 0 else { return }
    let perSecond = better.rate * other.scale
    sizes = PlateauSizes(unit, typical: typical, tokensPerMinute: perSecond * 60, context)
    rate = min(unit == .tokens ? perSecond / sizes.mean : perSecond, rate * Numbers.otherMeasureRise)
    rateMark = context.log.entries.count
    respace(context)
  }
}
