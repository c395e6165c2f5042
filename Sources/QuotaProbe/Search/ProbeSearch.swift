/// What a probe sends when, and what follows from the answers: no clock, no request, no waiting in here.
///
/// The runner asks ``next(at:)``, does what it says, and tells every end of a request to ``answered(_:_:at:)``. Times are
/// nanoseconds of one monotonic clock. Every request must be answered, if only as lost after a timeout: the end waits for all.
///
/// | phase | does | ends |
/// |---|---|---|
/// | first | one request at a time | with one that is taken |
/// | burst | several times the expected rate, from rest | when most of what is sent is refused |
/// | plateau | a little more than comes back, so that the quota stays empty and little is refused | when the rate is known |
/// | again | small bursts after rests, where so few requests fit into one that it says little | after a few of them |
/// | holding | instead of burst and plateau: reservations, more than the quota holds | when the rate is known |
/// | together | instead of them: rounds of so many at once | when it is known how many run together |
/// | ending | nothing; waits for answers | with the last one |
///
/// The sustained rate comes of counting, not of bisecting: what is taken while the quota stays empty is what comes back, give or
/// take one request, so a hundred requests know it to a percent, where each rung of a ladder needs as many.
///
/// The quota is used up with input, for what is only reserved comes back with a short answer, and a bucket is full again before
/// its rate could be seen; unless it is held so tightly that what has come back is reserved at once (``ProbeOptions/byReservation``).
package struct ProbeSearch: Sendable {
  enum Phase: Sendable, Equatable {
    case first(tries: Int)
    case burst, plateau
    /// Bursts again, each after a rest; so many are left.
    case again(Int)
    case batches(Int)
    case holding
    /// So many of a round are still to be sent.
    case together(Int)
    case ending, finished
  }

  package let options: ProbeOptions
  package let prior: ProbePrior
  var log = ProbeLog()
  var phase = Phase.first(tries: 0)
  /// The size of requests at which it is told which quota binds.
  var shape: ProbeShape
  /// Of the plateau: two sizes by turns, so that requests and tokens don't run together.
  var plateauShapes: [ProbeShape] = []
  /// When the next request is due; nil: not before an answer.
  var dueAt: Int64?
  /// Between two requests, in nanoseconds.
  var spacing: Int64 = 1_000_000_000
  /// What the plateau takes to come back: requests of ``plateauShapes`` per second.
  var rate = 1.0
  var burstMark = 0
  var firstThrottled: Int?
  var plateauStart: Int64?
  /// Times in which a bucket was kept empty; the last may go on.
  var plateaus: [(start: Int64, end: Int64)] = []
  /// How many requests had been sent when the plateau began, and when its rate was last changed.
  var plateauMark = 0
  var rateMark = 0
  /// All of the latest were refused: looks for the end of that now and then, instead of running into it.
  var isWatching = false
  /// What was known well enough at the last look: the same twice is an answer.
  var confirmed: ProbeCandidate.Name?
  /// When the latest request that was refused had been sent.
  var lastThrottledAt: Int64 = 0
  /// Offered less than comes back: the next refusal is where the plateau begins.
  var isRefilled = false
  var unit = ProbeTrace.Unit.requests
  var analysis: ProbeAnalysis?
  var measureEvidence: Double?
  /// The first request of each burst that was done again.
  var rounds: [Int] = []
  var roundShape: ProbeShape?
  var analysedAt: Int64 = 0
  var analysedCount = 0
  package internal(set) var steps: [ProbeStep] = []
  package internal(set) var stop: ProbeStop?
  var capacityRun = 0
  var batchLeft = 0
  var hold = ProbeHold()
  var together = ProbeRounds()

  /// - Parameter now: when the first request may leave.
  package init(options: ProbeOptions, prior: ProbePrior, at now: Int64) {
    dueAt = now
    self.options = options
    self.prior = prior
    shape = Self.shape(options, prior)
  }

  /// What to do now.
  package mutating func next(at now: Int64) -> ProbeAction {
    guard phase != .finished else { return .finished }
    if stop == nil, let cap = cap(at: now) { end(cap) }
    if phase == .ending {
      guard log.inFlight > 0 else {
        finish()
        return .finished
      }
      return .wait(until: Int64.max)
    }
    if let dueAt, dueAt > now { return .wait(until: min(dueAt, timeEnd)) }
    guard dueAt != nil, log.inFlight < options.inFlightMax else { return .wait(until: timeEnd) }
    prepare(at: now)
    if phase == .ending { return next(at: now) }
    guard let due = dueAt, due <= now else { return .wait(until: min(dueAt ?? timeEnd, timeEnd)) }
    return send(due: due, at: now)
  }

  /// Tells how a request ended. What was told before, or never sent, changes nothing.
  package mutating func answered(_ id: Int, _ outcome: ProbeOutcome, at now: Int64) {
    guard log.answer(id, outcome, at: now) else { return }
    count(outcome, of: log.entries[id])
    capacityRun = outcome == .capacity ? capacityRun + 1 : 0
    switch outcome {
    case .denied(let why): end(.denied(why))
    case .invalid(let why): end(.invalid(why))
    case .throttled(.tokensPerDay): end(.tokensPerDay)
    case .capacity where capacityRun >= 20: end(.onlyCapacity)
    case .lost where log.lostRun >= 20: end(.noAnswer)
    default: react(to: outcome, of: id, at: now)
    }
  }

  /// Ends it from outside; what was measured stays.
  package mutating func interrupt(at now: Int64) { end(.interrupted) }

  /// For a runner that waits no longer for answers.
  package mutating func abandon(at now: Int64) {
    end(.interrupted)
    finish()
  }

  mutating func end(_ reason: ProbeStop) {
    guard stop == nil else { return }
    stop = reason
    phase = .ending
  }

  private mutating func finish() {
    phase = .finished
    // What was found was found twice; what came in since is no reason to doubt it.
    if stop != .found, rounds.isEmpty { if options.byReservation { concludeHeld() } else { analyse() } }
    settleMeasure()
  }

  /// Whether no refusal has said yet what it was for: then only the sizes of requests can tell.
  var isWordless: Bool { log.refusals[.requests] == nil && log.refusals[.tokens] == nil }

  /// Nanoseconds at which the time is up.
  var timeEnd: Int64 { log.entries.isEmpty ? Int64.max : log.startedAt + options.durationMax }

  private func cap(at now: Int64) -> ProbeStop? {
    if log.entries.count >= options.requestsMax { return .requestsMax }
    if spentAtMost > options.tokensMax { return .tokensMax }
    return now >= timeEnd ? .durationMax : nil
  }

  /// Quota tokens, those of the next request included.
  private var spentAtMost: Int64 {
    if options.byReservation {
      // What was lost may have been answered.
      return log.kept + Int64((log.inFlight + log.lost + 1) * max(2 * log.keptMax, shape.inputTokens + 1))
    }
    return log.tokens + Int64(plateauShapes.map(\.reservation).max() ?? shape.reservation)
  }

  private mutating func send(due: Int64, at now: Int64) -> ProbeAction {
    let shape = nextShape()
    let step = step(at: now)
    let id = log.send(shape, step: step, at: now)
    steps[step].attempted += 1
    steps[step].endedAt = now
    steps[step].latenessMax = max(steps[step].latenessMax, now - due)
    switch phase {
    case .first: dueAt = nil
    case .batches:
      batchLeft -= 1
      dueAt = batchLeft > 0 ? due + spacing : nil
    case .together(let left):
      phase = .together(left - 1)
      dueAt = left > 1 ? due + pauseTogether(left: left - 1) : nil
    default:
      // What is late keeps to the schedule; after a pause of more than a second the schedule begins anew.
      dueAt = max(due + pause(after: shape), now - 1_000_000_000)
    }
    return .send(ProbeRequest(id: id, shape: shape, scheduledAt: due, step: step))
  }

  /// Larger requests leave more slowly, so that the tokens that are offered stay the same: a small bucket is full in no time.
  private func pause(after shape: ProbeShape) -> Int64 {
    guard phase == .plateau, unit == .tokens, !isWatching, !isWordless else { return spacing }
    return Int64(Double(spacing) * Double(shape.reservation) / plateauSize)
  }

  private mutating func nextShape() -> ProbeShape {
    if case .again = phase { return roundShape ?? shape }
    if options.byReservation { return heldShape() }
    guard phase == .plateau, plateauShapes.count > 1 else { return plateauShapes.first ?? shape }
    // What is too large for the quota's window would be refused for ever.
    if isWatching { return plateauShapes[0] }
    return plateauShapes[(log.entries.count - plateauMark) / (isWordless ? 48 : 16) % plateauShapes.count]
  }
}
