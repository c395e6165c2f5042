import BedrockQuotas

/// The plateau: of what size, and for how long.
extension ProbeSearch {
  /// - Parameters:
  ///   - taken: requests taken of the latest ones, since the first refusal.
  ///   - seconds: that they took.
  mutating func beginPlateau(at now: Int64, taken: Int, seconds: Double, first: Int) {
    phase = .plateau
    plateauStart = now
    plateaus = [(now, Int64.max)]
    plateauMark = log.entries.count
    rateMark = plateauMark
    unit = unitByWords
    let burstSeconds = Double(log.entries[first].sentAt - log.startedAt) / 1e9
    // A bucket of a minute, unless more comes back than that.
    var rate = Double(log.accepted) / (60 + burstSeconds)
    let tail = seconds > 0 ? Double(taken) / seconds : 0
    if taken >= 3, tail > 2 * rate {
      rate = tail
    } else if taken < 3, let expected = prior.limit(tokens: shape.reservation)?.requestsPerMinute,
      Double(log.accepted) < expected / 6
    {
      rate = expected / 60
    }
    setPlateauShapes(tokensPerMinute: rate * 60 * Double(shape.reservation))
    self.rate = unit == .tokens ? rate * Double(shape.reservation) / plateauSize : rate
    setPlateauSpacing()
    dueAt = now
    (analysedAt, analysedCount) = (now, log.resolved)
  }

  /// What the refusals name, else what is expected to bind.
  var unitByWords: ProbeTrace.Unit {
    let (requests, tokens) = (log.refusals[.requests] ?? 0, log.refusals[.tokens] ?? 0)
    if requests != tokens { return requests > tokens ? .requests : .tokens }
    return prior.limit(tokens: shape.reservation)?.measure == .tpm ? .tokens : .requests
  }

  /// Two sizes by turns. Where requests bind, the smallest there are; where tokens bind, such that a minute's worth is about
  /// eighty requests: few, and yet each a small part of the quota.
  private mutating func setPlateauShapes(tokensPerMinute: Double) {
    let base = options.tokensPerRequestMin
    if isWordless {
      // Refusals without words: only near the size in question does what binds there bind.
      let size = Double(shape.reservation)
      plateauShapes = [0.8, 1.25].map { Self.shape(tokens: max(Int(size * $0), base * ($0 > 1 ? 2 : 1))) }
      return
    }
    guard unit == .tokens else {
      plateauShapes = [base, min(base * 2, max(shape.reservation, base + 1))].map { Self.shape(tokens: $0) }
      return
    }
    var size = min(max(tokensPerMinute / 80, Double(base)), Double(options.tokensPerRequestMax))
    // Smaller requests than those that were sent may run into the quota of requests.
    let least = prior.requestsPerMinute.map { 2.5 * tokensPerMinute / max($0, 1) } ?? Double(shape.reservation) / 2
    size = max(size, min(Double(shape.reservation), least))
    plateauShapes = [0.7, 1.3].map { Self.shape(tokens: max(Int(size * $0), base)) }
  }

  static func shape(tokens: Int) -> ProbeShape { ProbeShape(inputTokens: max(tokens - 1, 1)) }

  static func shape(_ options: ProbeOptions, _ prior: ProbePrior) -> ProbeShape {
    if options.byReservation { return ProbeHold.shape(options, prior) }
    var tokens = max(options.tokensPerRequest, options.tokensPerRequestMin)
    if options.measure == .rpm || options.measure == .concurrent { tokens = options.tokensPerRequestMin }
    if options.measure == .tpm, let tpm = prior.tokensPerMinute {
      // So large that requests allow ten times as many, where a bucket of two seconds still holds two of them; at least twice.
      let even = prior.requestsPerMinute.map { tpm / max($0, 1) } ?? tpm / 2_400
      let size = max(min(even * 10, tpm / 60), even * 2, tpm / 240, Double(options.tokensPerRequestMin))
      tokens = Int(min(size, Double(options.tokensPerRequestMax)))
    }
    return shape(tokens: tokens)
  }

  // MARK: Analysis

  func isAnalysisDue(at now: Int64) -> Bool {
    let fresh = log.resolved - analysedCount
    let passed = now - analysedAt
    return (fresh >= max(24, (log.resolved - plateauMark) / 4) && passed > 2_000_000_000)
      || (fresh >= 6 && passed > 10_000_000_000)
  }

  mutating func analyse() {
    guard let plateau, log.throttled > 0 else { return }
    analysis = analysis(of: unit, in: plateau)
    // Refusals that don't say what for: what explains them better.
    guard isWordless else { return }
    let other = analysis(of: unit.other, in: plateau)
    guard let better = other.best, better.logLikelihood > (analysis?.best?.logLikelihood ?? -.infinity) + 3 else { return }
    change(to: better, of: other)
  }

  /// Goes on with the other measure, and sizes that suit it.
  private mutating func change(to better: ProbeCandidate, of other: ProbeAnalysis) {
    unit = unit.other
    analysis = other
    guard phase == .plateau, better.rate > 0 else { return }
    let perSecond = better.rate * other.scale
    setPlateauShapes(tokensPerMinute: perSecond * 60)
    rate = min(unit == .tokens ? perSecond / plateauSize : perSecond, rate * 4)
    rateMark = log.entries.count
    setPlateauSpacing()
  }

  private func analysis(of unit: ProbeTrace.Unit, in plateau: (start: Int64, end: Int64), isDeaf: Bool = false) -> ProbeAnalysis {
    func seconds(_ instant: Int64) -> Double { Double(min(instant, log.startedAt + 1 << 60) - log.startedAt) / 1e9 }
    let trace = ProbeTrace(log, unit: unit, isDeaf: isDeaf)
    return ProbeAnalysis(trace, plateau: seconds(plateau.start)...seconds(plateau.end))
  }

  /// How much better the measure explains both sizes of requests than the other one would.
  mutating func settleMeasure() {
    guard measureEvidence == nil, let plateau, analysis?.best != nil, let small = plateauShapes.first?.reservation,
      let large = plateauShapes.last?.reservation, Double(large) > 1.3 * Double(small),
      let own = analysis(of: unit, in: plateau, isDeaf: true).best
    else { return }
    let other = analysis(of: unit.other, in: plateau, isDeaf: true).best
    measureEvidence = own.logLikelihood - max(other?.logLikelihood ?? -.infinity, own.logLikelihood - 1_000)
  }

  /// The last plateau, or the longest before it as long as that one tells little.
  private var plateau: (start: Int64, end: Int64)? {
    guard let last = plateaus.last, let ended = log.entries.last?.sentAt else { return nil }
    let inside = log.entries[..<log.resolved].reversed().prefix { $0.sentAt >= last.start }
    if plateaus.count == 1 || (inside.count >= 40 && inside.count(where: \.isThrottled) >= 6) { return last }
    return plateaus.max { min($0.end, ended) - $0.start < min($1.end, ended) - $1.start }
  }

  mutating func followAnalysis(at now: Int64) {
    guard let analysis, let best = analysis.best, best.rate > 0, best.error < 0.15 * best.rate,
      (analysis.likelihoods[best.name] ?? 0) > 0.5
    else { return }
    let size = unit == .requests ? 1 : plateauSize
    let found = best.rate * analysis.scale / size
    // No more can come back in the long run than has been taken, but for what was not asked for.
    let seconds = max(Double(now - log.startedAt) / 1e9, 1)
    let most = max(1.3 * rate, 1.2 * taken(inUnitsOf: size) / seconds)
    if abs(found / rate - 1) > 0.02 { setRate(min(max(found, rate / 3), most)) }
  }

  private func taken(inUnitsOf size: Double) -> Double {
    unit == .requests ? Double(log.accepted) : Double(log.tokens) / size
  }

  /// Other sizes, where the first guess of the rate was far off.
  mutating func resize() {
    guard unit == .tokens else { return }
    let size = plateauSize
    let (before, tokensPerMinute) = (rate, rate * 60 * size)
    let old = plateauShapes
    setPlateauShapes(tokensPerMinute: tokensPerMinute)
    if abs(plateauSize / size - 1) < 0.4 { plateauShapes = old } else { rate = before * size / plateauSize }
  }

  /// Quota tokens of a request, on average.
  var plateauSize: Double { Double(plateauShapes.reduce(0) { $0 + $1.reservation }) / Double(max(plateauShapes.count, 1)) }

  /// Whether what is known suffices.
  func isEnough(at now: Int64) -> Bool {
    guard let plateauStart, let analysis, let best = analysis.best, let interval = analysis.interval, best.rate > 0 else {
      return false
    }
    let seconds = Double(now - (plateau?.start ?? plateauStart)) / 1e9
    let taken = log.entries[plateauMark...].count(where: \.isTaken)
    guard taken >= 20 else { return false }
    let isPrecise = (interval.upperBound - interval.lowerBound) / 2 <= options.precision * best.rate
    // Where few requests make a minute, another minute is cheap, and one minute may look like another by chance.
    let minutes = best.rate * analysis.scale / (unit == .requests ? 1 : plateauSize) < 5 ? 180.0 : 120.0
    switch best.name {
    case .soft: return seconds >= 600
    case .rolling60: return isPrecise && seconds >= minutes && (analysis.likelihoods[.rolling60] ?? 0) > 0.9
    case .fixed60: return isPrecise && seconds >= minutes && (analysis.likelihoods[.fixed60] ?? 0) > 0.9
    // A rate that swings must have the time to show it.
    default: return isPrecise && seconds >= 120 && ((analysis.likelihoods[.soft] ?? 0) < 0.1 || seconds >= 600)
    }
  }
}
