/// The analysis of a plateau's answers.
extension Plateau {
  func isAnalysisDue(at now: Int64, _ log: TrialLog) -> Bool {
    let (fresh, age) = (estimate.fresh(log), estimate.age(at: now))
    let enough = max(Numbers.analyseAnswers, (log.resolved - mark) / Numbers.analyseShare)
    return (fresh >= enough && age > Numbers.analyseAfter)
      || (fresh >= Numbers.analyseAnswersMin && age > Numbers.analyseLate)
  }

  /// - Returns: the analysis of the other measure, if ``unit`` has changed to it.
  mutating func analyse(_ log: TrialLog) -> Analysis? {
    guard let interval = intervals.best(log), log.throttled > 0 else { return nil }
    let own = Analysis(of: unit, in: interval, log)
    estimate.analysis = own
    // If 429s don't name the quota, choose the measure that explains them better.
    guard log.isWordless else { return nil }
    let other = Analysis(of: unit.other, in: interval, log)
    guard let better = other.best,
      better.logLikelihood > (own.best?.logLikelihood ?? -.infinity) + Numbers.otherMeasureMin
    else { return nil }
    unit = unit.other
    estimate.analysis = other
    return other
  }

  /// Sets the rate to that of a fit that is good enough.
  mutating func follow(at now: Int64, _ context: SearchContext) {
    guard let analysis = estimate.analysis, let best = analysis.best, best.rate > 0,
      best.error < Numbers.followError * best.rate, (analysis.likelihoods[best.name] ?? 0) > Numbers.followLikelihood
    else { return }
    let log = context.log
    let size = unit == .requests ? 1 : sizes.mean
    let found = best.rate * analysis.scale / size
    // In the long run, no more can have been refilled than was accepted, except for refill that no trial asked for.
    let seconds = max(Double(now - log.startedAt) / 1e9, 1)
    let accepted = unit == .requests ? Double(log.accepted) : Double(log.tokens) / size
    let most = max(Numbers.followRise * rate, Numbers.followMean * accepted / seconds)
    if abs(found / rate - 1) > Numbers.followMin {
      setRate(min(max(found, rate / Numbers.followFall), most), context)
    }
  }

  /// Whether the analysis alone would be a finding.
  func isEnough(at now: Int64, _ context: SearchContext) -> Bool {
    guard let analysis = estimate.analysis, let best = analysis.best, let interval = analysis.interval, best.rate > 0 else {
      return false
    }
    let log = context.log
    let seconds = Double(now - (intervals.best(log)?.start ?? start)) / 1e9
    guard log.entries[mark...].count(where: \.isAccepted) >= Numbers.foundAccepted else { return false }
    let isPrecise = (interval.upperBound - interval.lowerBound) / 2 <= context.options.precision * best.rate
    let perSecond = best.rate * analysis.scale / (unit == .requests ? 1 : sizes.mean)
    let least = perSecond < Numbers.slowRate ? Numbers.foundSecondsSlow : Numbers.foundSeconds
    let likelihood = analysis.likelihoods[best.name] ?? 0
    switch best.name {
    case .soft: return seconds >= Numbers.foundSecondsSoft
    case .rolling60, .fixed60: return isPrecise && seconds >= least && likelihood > Numbers.foundWindowLikelihood
    default:
      let isSteady = (analysis.likelihoods[.soft] ?? 0) < Numbers.softUnlikely || seconds >= Numbers.foundSecondsSoft
      return isPrecise && seconds >= Numbers.foundSeconds && isSteady
    }
  }

  /// Computes, once, how much better the measure explains both sizes of trials than the other measure.
  mutating func settleMeasure(_ log: TrialLog) {
    guard measureEvidence == nil, estimate.analysis?.best != nil, let interval = intervals.best(log),
      Double(sizes.large.reservation) > Numbers.evidenceSizes * Double(sizes.small.reservation),
      let own = Analysis(of: unit, in: interval, log, ignoresNames: true).best
    else { return }
    let other = Analysis(of: unit.other, in: interval, log, ignoresNames: true).best
    measureEvidence =
      own.logLikelihood - max(other?.logLikelihood ?? -.infinity, own.logLikelihood - Numbers.evidenceMax)
  }

  /// The search has ended.
  /// - Parameter isFound: whether it ended with a finding. Two analyses agreed on that, so later answers are no reason to doubt
  ///   it.
  mutating func conclude(isFound: Bool, _ log: TrialLog) {
    if !isFound { _ = analyse(log) }
    settleMeasure(log)
  }
}

extension Analysis {
  /// - Parameters:
  ///   - interval: the interval in which the quota was kept empty.
  ///   - ignoresNames: whether to ignore which quota a 429 names.
  init(of unit: Trace.Unit, in interval: EmptyIntervals.Interval, _ log: TrialLog, ignoresNames: Bool = false) {
    func seconds(_ instant: Int64) -> Double { Double(min(instant, log.startedAt + (1 << 60)) - log.startedAt) / 1e9 }
    self.init(
      Trace(log, unit: unit, ignoresNames: ignoresNames), plateau: seconds(interval.start)...seconds(interval.end))
  }
}
