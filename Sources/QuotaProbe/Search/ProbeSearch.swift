import BedrockQuotas

/// Decides what a probe sends and when, and what follows from the answers. It reads no clock, sends no request and never waits.
///
/// The runner calls ``next(at:)``, carries out the action, and reports the end of each trial to ``answered(_:_:at:)``. Times are
/// nanoseconds of one monotonic clock. Every trial must be reported, if only as lost after a timeout, because the end waits for
/// all.
///
/// | phase | does | ends |
/// |---|---|---|
/// | ``Opening`` | one trial at a time | when one is accepted |
/// | ``Burst`` | several times the expected rate, with the quota full | when most trials are throttled |
/// | ``Plateau`` | a little above the refill rate, so that the quota stays empty | when the rate is known |
/// | ``Rebursts`` | more bursts after rests, if few trials fit into a bucket | after some of them |
/// | ``Hold`` | instead of burst and plateau: reservations that keep the quota full | when the rate is known |
/// | ``Rounds`` | instead of burst and plateau: rounds of concurrent trials | when the number that may run is known |
/// | ``Batches`` | steps mode: batches of rising size | when most of one is throttled |
/// | ``FactorSearch`` | instead of burst and plateau: large max_tokens, one question after the other | when their factor is known |
///
/// Trials use a quota up with input, because a short answer gives back tokens that were only reserved. A bucket would then be
/// full again before its rate could be measured, unless returned tokens are reserved again immediately
/// (``ProbeOptions/byReservation``).
package struct ProbeSearch: Sendable {
  private(set) var context: SearchContext
  private(set) var phase: Phase
  private var stepLog = StepLog()
  /// When the next trial is due; nil: not before an answer.
  private var dueAt: Int64?
  /// Why the search sends nothing more; it still waits for the trials in flight.
  package private(set) var stop: ProbeStop?
  /// The service's message if it denied or rejected a trial.
  package private(set) var serviceMessage: String?
  private var isFinished = false

  /// - Parameter now: when the first trial may leave, in nanoseconds.
  package init(options: ProbeOptions, prior: ProbePrior, at now: Int64) {
    dueAt = now
    context = SearchContext(options: options, prior: prior)
    phase = .opening(Opening(size: TrialSize.first(options, prior)))
  }

  package var options: ProbeOptions { context.options }
  package var prior: ProbePrior { context.prior }
  package var steps: [ProbeStep] { stepLog.steps }
  var log: TrialLog { context.log }

  // MARK: Events

  /// What to do now.
  package mutating func next(at now: Int64) -> ProbeAction {
    guard !isFinished else { return .finished }
    if let cap = cap(at: now) { end(cap) }
    guard stop == nil else { return drain() }
    if let dueAt, dueAt > now { return .wait(until: min(dueAt, timeEnd)) }
    guard dueAt != nil, log.inFlight < options.inFlightMax else { return .wait(until: timeEnd) }
    prepare(at: now)
    guard stop == nil else { return drain() }
    guard let due = dueAt, due <= now else { return .wait(until: min(dueAt ?? timeEnd, timeEnd)) }
    return send(due: due, at: now)
  }

  /// Tells how a trial ended. A trial that was answered before, or never sent, changes nothing.
  package mutating func answered(_ id: Int, _ outcome: ProbeOutcome, at now: Int64) {
    guard context.log.answer(id, outcome, at: now) else { return }
    stepLog.count(outcome, of: log.entries[id])
    switch outcome {
    case .denied(let message): end(.denied, message)
    case .invalid(let message): end(.invalid, message)
    case .throttled(.tokensPerDay): end(.tokensPerDay)
    case .capacity where log.capacityRun >= Tuning.capacityRunMax: end(.onlyCapacity)
    case .lost where log.lostRun >= Tuning.lostRunMax: end(.noAnswer)
    default: if stop == nil { react(to: outcome, of: id, at: now) }
    }
  }

  /// Ends the search from outside and keeps the measurements.
  package mutating func interrupt(at now: Int64) { end(.interrupted) }

  /// Ends the search without waiting for the trials in flight.
  package mutating func abandon(at now: Int64) {
    end(.interrupted)
    finish()
  }

  private mutating func end(_ reason: ProbeStop, _ message: String? = nil) {
    guard stop == nil else { return }
    (stop, serviceMessage) = (reason, message)
  }

  private mutating func drain() -> ProbeAction {
    guard log.inFlight == 0 else { return .wait(until: Int64.max) }
    finish()
    return .finished
  }

  private mutating func finish() {
    isFinished = true
    defer { if isUnclear { stop = .unclear } }
    switch phase {
    case .plateau(var plateau):
      plateau.conclude(isFound: stop == .found, log)
      phase = .plateau(plateau)
    case .rebursts(var rebursts):
      rebursts.conclude(log)
      phase = .rebursts(rebursts)
    case .hold(var hold):
      hold.conclude(stop, log)
      phase = .hold(hold)
    case .opening, .burst, .rounds, .batches, .factor: break
    }
  }

  /// Whether the bound of a plan ended a probe with reservations before it found anything.
  private var isUnclear: Bool {
    switch stop {
    case .requestsMax: options.asksForAWord && options.requestsAreBounded && finding == nil
    case .tokensMax: options.asksForAWord && options.tokensAreBounded && finding == nil
    default: false
    }
  }

  // MARK: Caps

  /// The time at which the search must end, in nanoseconds.
  private var timeEnd: Int64 { log.entries.isEmpty ? Int64.max : log.startedAt + options.durationMax }

  private func cap(at now: Int64) -> ProbeStop? {
    // The answer to the last trial may be the one that decides the factor.
    let needsAnswers = options.burndown != nil && dueAt == nil
    if log.entries.count >= options.requestsMax, !needsAnswers { return .requestsMax }
    if reachedTokensMax { return .tokensMax }
    return now >= timeEnd ? .durationMax : nil
  }

  /// Whether another trial might exceed the cap on tokens.
  var reachedTokensMax: Bool { spentMax > options.tokensMax }

  /// The most quota tokens that may be spent, including the next trial.
  private var spentMax: Int64 {
    if let burndown = options.burndown {
      let (open, word) = (log.inFlight + log.lost + 1, Tuning.Factor.keptMax(burndown))
      guard case .factor(let search) = phase else { return log.kept + Int64(open * word) }
      return log.kept + Int64(open * (Tuning.Factor.overrun * search.question.size.inputTokens + word))
    }
    guard options.byReservation else {
      let next = Int64(phase.reservationMax)
      // A model may count a prompt as more tokens than it was estimated to have.
      return log.tokens + next + Int64((log.overrun - 1) * Double(log.uncertain + next))
    }
    // Lost trials may have been answered.
    let open = log.inFlight + log.lost + 1
    return log.kept + Int64(open * max(2 * log.keptMax, TrialSize.first(options, prior).inputTokens + 1))
  }

  // MARK: Phases

  /// Prepares a due trial: the phase may postpone it or move to another phase.
  private mutating func prepare(at now: Int64) {
    switch phase {
    case .opening, .rounds, .batches, .factor: break
    case .burst(var burst):
      switch burst.due(at: now, context) {
      case .send: phase = .burst(burst)
      case .plateau(let plateau): enter(.plateau(plateau), at: now)
      }
    case .plateau(var plateau):
      let due = plateau.due(at: now, context)
      phase = .plateau(plateau)
      switch due {
      case .send: break
      case .anew(let instant): dueAt = instant
      case .rebursts(let rebursts): enter(.rebursts(rebursts), at: rebursts.restUntil)
      case .found: end(.found)
      }
    case .rebursts(var rebursts):
      let due = rebursts.due(at: now, context)
      phase = .rebursts(rebursts)
      switch due {
      case .send: break
      case .rest(let instant): dueAt = instant
      case .found: end(.found)
      }
    case .hold(var hold):
      let decision = hold.due(at: now, context)
      phase = .hold(hold)
      apply(decision, at: now)
    }
  }

  private mutating func react(to outcome: ProbeOutcome, of id: Int, at now: Int64) {
    let entry = log.entries[id]
    switch phase {
    case .opening(let opening): react(opening, to: outcome, at: now)
    case .burst(var burst):
      burst.answered(outcome, log)
      phase = .burst(burst)
    case .plateau(var plateau):
      plateau.answered(outcome, sentAt: entry.sentAt)
      phase = .plateau(plateau)
    case .rebursts: break
    case .hold(var hold):
      let decision = hold.answered(outcome, to: entry, at: now, context)
      phase = .hold(hold)
      apply(decision, at: now)
    case .rounds(let rounds): react(rounds, to: outcome, at: now)
    case .batches(let batches): react(batches, at: now)
    case .factor(let search): react(search, to: outcome, at: now)
    }
  }

  private mutating func react(_ opening: Opening, to outcome: ProbeOutcome, at now: Int64) {
    var opening = opening
    let answered = opening.answered(outcome, at: now, context)
    phase = .opening(opening)
    switch answered {
    case .again(let instant): dueAt = instant
    case .done: begin(after: opening, at: now)
    case .stop(let reason): end(reason)
    }
  }

  private mutating func react(_ rounds: Rounds, to outcome: ProbeOutcome, at now: Int64) {
    var rounds = rounds
    let answered = rounds.answered(outcome, context)
    phase = .rounds(rounds)
    switch answered {
    case .pending: break
    case .next: dueAt = now
    case .stop(let reason): end(reason)
    }
  }

  private mutating func react(_ batches: Batches, at now: Int64) {
    var batches = batches
    let answered = batches.answered(throttleRate: steps.last?.throttleRate, at: now, context)
    phase = .batches(batches)
    switch answered {
    case .pending: break
    case .next(let instant): dueAt = instant
    case .stop(let reason): end(reason)
    }
  }

  private mutating func react(_ search: FactorSearch, to outcome: ProbeOutcome, at now: Int64) {
    var search = search
    let answered = search.answered(outcome, at: now, log)
    phase = .factor(search)
    switch answered {
    case .pending: break
    case .next(let instant): dueAt = instant
    case .stop(let reason): end(reason)
    }
  }

  /// The phase that the options ask for.
  private mutating func begin(after opening: Opening, at now: Int64) {
    if let burndown = options.burndown {
      // The quota is full after a minute of silence.
      enter(.factor(FactorSearch(burndown: burndown, context)), at: now + Tuning.Factor.rest)
    } else if options.mode == .steps {
      enter(.batches(Batches(size: opening.trialSize(options), options)), at: now)
    } else if options.measure == .concurrent {
      enter(.rounds(Rounds(size: opening.trialSize(options), context)), at: now)
    } else if options.byReservation {
      enter(.hold(Hold(size: opening.size, at: now, context)), at: now)
    } else {
      enter(.burst(Burst(size: opening.size, context)), at: now)
    }
  }

  private mutating func enter(_ next: Phase, at instant: Int64) {
    phase = next
    dueAt = instant
  }

  private mutating func apply(_ decision: Hold.Decision, at now: Int64) {
    switch decision {
    case .goOn: break
    case .fill: dueAt = now
    case .drain: dueAt = nil
    case .stop(let reason): end(reason)
    }
  }

  // MARK: Sending

  private mutating func send(due: Int64, at now: Int64) -> ProbeAction {
    let departure = depart(due: due, at: now)
    let step = stepLog.place(departure, at: now)
    let id = context.log.send(departure.size, step: step, at: now)
    stepLog.sent(step, due: due, at: now)
    dueAt = departure.nextDue
    return .send(Trial(id: id, size: departure.size, scheduledAt: due, step: step))
  }

  private mutating func depart(due: Int64, at now: Int64) -> Departure {
    switch phase {
    case .opening(let opening): return opening.send(context)
    case .burst(let burst): return burst.send(due: due, at: now)
    case .plateau(let plateau): return plateau.send(due: due, at: now, log)
    case .rebursts(let rebursts): return rebursts.send(due: due, at: now, log)
    case .hold(var hold):
      defer { phase = .hold(hold) }
      return hold.send(due: due, at: now, log)
    case .rounds(var rounds):
      defer { phase = .rounds(rounds) }
      return rounds.send(due: due, log)
    case .batches(var batches):
      defer { phase = .batches(batches) }
      return batches.send(due: due, options)
    case .factor(var search):
      defer { phase = .factor(search) }
      return search.send(due: due, log)
    }
  }
}
