extension ProbeSearch {
  /// Nanoseconds of a reply, as far as is known.
  private var replyTime: Int64 { max(log.latency, 20_000_000) }

  mutating func beginHolding(at now: Int64) {
    phase = .holding
    unit = .tokens
    (hold.fullAt, hold.isDraining, analysis, confirmed) = (nil, false, nil, nil)
    (hold.firstAt, hold.startedAt, hold.doubledAt) = (hold.firstAt ?? now, now, now)
    rateMark = log.entries.count
    hold.before = log.tokens
    let expected = prior.tokensPerMinute.map { $0 / Double(shape.reservation) } ?? ProbeHold.parts
    spacing = Self.spacing(min(3 * max(expected, 1) * 1e9 / Double(replyTime), rateMax))
    dueAt = now
  }

  mutating func reactHolding(to outcome: ProbeOutcome, of id: Int, at now: Int64) {
    switch outcome {
    case .accepted where log.entries[id].final > ProbeHold.keptMax: end(.longAnswers)
    // Too fast for requests per minute: more of them would tell nothing.
    case .throttled(.requests): end(.otherQuota)
    case .throttled where !hold.isDraining && log.entries[id].sentAt >= hold.startedAt:
      hold.latest = out(at: now)
      if hold.fullAt == nil { full(since: log.entries[id].sentAt, at: now) }
    // So much came back and was not reserved at once that a bucket may have come to its brim, and lost the rest.
    case .accepted
    where hold.fullAt != nil && !hold.isDraining && hold.latest - (log.tokens - hold.before) > hold.filled * 7 / 10:
      restart(at: now)
    default: break
    }
    if hold.isDraining, log.inFlight == 0, phase == .holding { beginHolding(at: now) }
  }

  private mutating func full(since instant: Int64, at now: Int64) {
    hold.fullAt = instant
    hold.filled = hold.latest
    hold.fine = [2, 4, 8, 16].map { sized(1 / Double($0)) }
    let count = Double(hold.filled) / (0.7 * Double(shape.reservation))
    // Not even one may have been let in.
    let better = min(max(Int(Double(hold.filled) / ProbeHold.parts), shape.maxTokens / 8, 16), options.replyTokensMax)
    guard !ProbeHold.sensible.contains(count), abs(Double(better) / Double(shape.maxTokens) - 1) > 0.2 else { return }
    shape.maxTokens = better
    restart(at: now, by: 1)
  }

  /// - Parameter factor: how many times more is offered than before.
  private mutating func restart(at now: Int64, by factor: Double = 1.5) {
    hold.restarts += 1
    hold.overload = min(hold.overload * factor, ProbeHold.overloadMax)
    if hold.restarts > ProbeHold.restartsMax { return end(.unclear) }
    hold.isDraining = true
    dueAt = nil
    if log.inFlight == 0 { beginHolding(at: now) }
  }

  /// Quota tokens that are out; what was sent so lately that it may still be refused is not.
  private func out(at now: Int64) -> Int64 {
    let undecided = log.entries.reversed().prefix { $0.sentAt > now - log.refusalLatency * 3 / 2 }
    return log.tokens - hold.before - undecided.reduce(0) { $0 + ($1.state == .pending ? Int64($1.reserved) : 0) }
  }

  private func sized(_ share: Double) -> ProbeShape {
    ProbeShape(inputTokens: shape.inputTokens, maxTokens: max(Int(Double(shape.maxTokens) * share), 1))
  }

  /// Sizes of all kinds, so that what is left over is any part of a request.
  mutating func heldShape() -> ProbeShape {
    guard phase == .holding else {
      return ProbeShape(inputTokens: shape.inputTokens, maxTokens: min(shape.maxTokens, ProbeHold.firstReply))
    }
    if !hold.fine.isEmpty { return hold.fine.removeFirst() }
    let place = Double(log.entries.count) * 0.618_033_988_75
    return sized(0.4 + 0.6 * (place - place.rounded(.down)))
  }

  mutating func paceHolding(at now: Int64) {
    if hold.isDraining { return }
    guard let fullAt = hold.fullAt else {
      // All that is sent in one and a half replies was held: twice as much.
      guard now - hold.doubledAt > replyTime * 3 / 2 else { return }
      let fastest = Self.spacing(rateMax)
      if spacing <= fastest { return end(.notHeld) }
      (spacing, hold.doubledAt) = (max(spacing / 2, fastest), now)
      return
    }
    let latest = max(fullAt, lastThrottledAt)
    if now - latest > max(ProbeHold.quiet, replyTime * 3 / 4), log.entries.count - rateMark > 8, spacing > Self.spacing(rateMax) {
      return restart(at: now)
    }
    if now - hold.pacedAt > replyTime / 4 {
      hold.pacedAt = now
      if now - fullAt > replyTime * 3 / 2 { adaptHeld(at: now) }
      let together = Double(hold.latest) / (0.7 * Double(shape.reservation))
      spacing = Self.spacing(min(hold.overload * max(together, 1) * 1e9 / Double(replyTime), rateMax))
    }
    guard now - fullAt > ProbeHold.least, now - analysedAt > 3_000_000_000 else { return }
    (analysedAt, analysedCount) = (now, log.resolved)
    analyseHeld()
    let isEnough = isHeldEnough(for: now - fullAt, precision: options.precision)
    let isSame = isEnough && analysis?.best?.name == confirmed
    confirmed = isEnough ? analysis?.best?.name : nil
    if isSame { return end(.found) }
    let isNoisy = now - fullAt > ProbeHold.noiseLeast && (analysis?.best?.noise ?? .infinity) >= ProbeHold.noiseMax
    if isNoisy || now - (hold.firstAt ?? now) > ProbeHold.most { end(.unclear) }
  }

  /// Keeps the share of refusals where what comes back is reserved at once, and little is sent in vain.
  private mutating func adaptHeld(at now: Int64) {
    let recent = latest(24, since: rateMark, at: now)
    guard recent.count >= 24 else { return }
    if recent.throttled < 5 { hold.overload = min(hold.overload * 1.2, ProbeHold.overloadMax) }
    if recent.throttled > 10 { hold.overload = max(hold.overload * 0.93, 1.2) }
  }

  private func isHeldEnough(for nanoseconds: Int64, precision: Double) -> Bool {
    guard let analysis, let best = analysis.best, let interval = analysis.interval, best.rate > 0,
      best.noise < ProbeHold.noiseMax
    else { return false }
    if let burst = best.burst, burst < ProbeHold.secondsLeast * best.rate { return false }
    guard best.name.isBucket || nanoseconds > ProbeHold.windowLeast else { return false }
    return (interval.upperBound - interval.lowerBound) / 2 <= precision * best.rate
      && (analysis.likelihoods[best.name] ?? 0) > 0.9
  }

  /// What was known when a cap or Ctrl-C ended it; what is less than certain of its window is no finding.
  mutating func concludeHeld() {
    guard let fullAt = hold.fullAt, !hold.isDraining, let last = log.entries.last,
      stop == .interrupted || stop == .requestsMax || stop == .tokensMax || stop == .durationMax
    else { return analysis = nil }
    analyseHeld()
    if !isHeldEnough(for: last.sentAt - fullAt, precision: 0.15) { analysis = nil }
  }

  private mutating func analyseHeld() {
    let trace = ProbeTrace(log, unit: .tokens, rowsMax: 1_500)
    analysis = ProbeAnalysis(
      trace,
      HoldFit.candidates(
        trace, since: Double(hold.startedAt - log.startedAt) / 1e9, latency: Double(log.latency) / 1e9,
        refusalLatency: Double(log.refusalLatency) / 1e9))
  }
}
