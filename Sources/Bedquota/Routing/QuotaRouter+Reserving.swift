import AWSWire
import AdmissionControl
import Synchronization

/// Finds the candidate that admits a request, and waits for it.
extension QuotaRouter {
  /// One reservation: what is asked of every candidate.
  private struct Terms {
    var waitMax: Duration?
    /// Where the service had no room for the last attempt, or for one before; there this one is a retry.
    var retriedAt: CandidateSet
    /// Whether a candidate has turned it away, or began to rest after it had waited there, so that it goes ahead of its tenant's other
    /// requests wherever it waits.
    var isMoved: Bool
    /// The tenant, the priority and the place of a relayed request.
    var relay: RelayTerms?
    var tier: TierUse?
  }

  /// Reserves at the first candidate that has room.
  /// - Throws: the refusal of the candidate that comes nearest to admitting it; ``BedquotaError`` (`request`) if none can take it;
  ///   `CancellationError`.
  func reserve(_ run: inout RouteRun, _ course: RequestCourse, waitMax: Duration?, isRetry: Bool) async throws -> RouteGrant {
    var terms = Terms(
      waitMax: waitMax, retriedAt: isRetry ? run.refused.union(CandidateSet(run.awaited?.candidate ?? run.owner)) : [],
      isMoved: course.attempts > 0,
      relay: run.terms, tier: course.tier)
    let start = now
    try await joinFleets(&run)
    while true {
      try Task.checkCancellation()
      let now = now
      var choice = book.withLock { $0.chooser.choose(run.session, among: run.open, at: now) }
      defer { release(choice.trials) }
      terms.waitMax = waitMax.map { max(.zero, $0 - (now - start)) }
      var line = RouteLine()
      let grant: RouteGrant
      if let taken = takeAtOnce(&line, &choice, &run, terms) {
        grant = taken
      } else if let won = try await wait(&line, &choice, &run, terms) {
        grant = won
      } else if run.allowed.isEmpty {
        throw run.refusal
      } else {
        // Those that can't take it are no longer asked, and those that rest may take it.
        continue
      }
      choice.trials.remove(CandidateSet(grant.candidate))
      if admits(grant.candidate, &run) { return grant }
      // Its scope has failed meanwhile.
      grant.reservation.settle(.cancelled)
      terms.isMoved = true
    }
  }

  /// Candidates that can't join their fleet admit nothing, so this request doesn't wait there.
  private func joinFleets(_ run: inout RouteRun) async throws {
    var failure: (any Error)?
    for (index, candidate) in candidates.enumerated() where run.open.has(index) {
      do {
        try await candidate.client.joinFleet()
      } catch {
        failure = error
        run.exclude(index)
      }
    }
    if let failure, run.allowed.isEmpty { throw failure }
  }

  /// A candidate has admitted the request.
  /// - Returns: false if the candidate rests and the request may go elsewhere.
  private func admits(_ candidate: Int, _ run: inout RouteRun) -> Bool {
    let now = now
    let (session, open, isSecond) = (run.session, run.open, run.role?.isSecond == true)
    let isGood = book.withLock { book in
      let ready = book.chooser.ready(at: now).intersection(open)
      guard ready.isEmpty || ready.has(candidate) || book.chooser.isTried(candidate) else { return false }
      // A second attempt moves the session only if its reply is the one that counts.
      book.chooser.admitted(isSecond ? nil : session, by: candidate, at: now)
      return true
    }
    // No retry comes to the limiter that turned it away.
    if isGood, let awaited = run.awaited, awaited.candidate != candidate { awaited.limiter.retryWentElsewhere() }
    if isGood { run.awaited = nil }
    return isGood
  }

  private func release(_ trials: CandidateSet) {
    guard !trials.isEmpty else { return }
    let now = now
    book.withLock { $0.chooser.release(trials, at: now) }
  }

  // MARK: - With room

  /// The request for the queue of a candidate; nil if the candidate can't take it.
  private func ticket(_ candidate: Int, _ choice: RouteChoice, _ run: inout RouteRun, _ terms: Terms) -> RouteTicket? {
    let client = candidates[candidate].client
    guard let prepared = run.prepared(for: candidate, client) else { return nil }
    let known = run.cost.flatMap { $0.candidate == candidate ? $0.cost : nil }
    var (limiter, cost) = known.map { client.admission(of: $0, prepared.bounds) } ?? client.admission(of: prepared.bounds)
    // Where its prompt is cached is known, so the average of all requests says less. Of a new session it says more: its prompt may begin
    // as those of others do.
    if let favourite = choice.favourite { cost.cached = favourite == candidate ? Int64(choice.cachedTokens) : 0 }
    var request = Request(
      cost: cost, priority: terms.relay?.priority ?? 0, tenant: terms.relay?.tenant ?? 0, isRetry: terms.retriedAt.has(candidate),
      place: terms.isMoved ? nil : terms.relay?.place)
    request.isMoved = terms.isMoved && !request.isRetry
    return RouteTicket(candidate: candidate, limiter: limiter, request: request)
  }

  /// Asks for room where the request should be at once: in the order of the candidates, the favourite first.
  /// - Returns: nil if there is none now.
  private func takeAtOnce(
    _ line: inout RouteLine, _ choice: inout RouteChoice, _ run: inout RouteRun, _ terms: Terms
  ) -> RouteGrant? {
    guard let favourite = choice.favourite else { return takeAtOnce(choice, choice.candidates, &run, terms) }
    // With room there, nothing else matters.
    if let grant = takeAtOnce(choice, CandidateSet(favourite), &run, terms) { return grant }
    plan(&line, &choice, &run, terms)
    return takeAtOnce(choice, line.wanted(choice, at: now).subtracting(CandidateSet(favourite)), &run, terms)
  }

  private func takeAtOnce(
    _ choice: RouteChoice, _ asked: CandidateSet, _ run: inout RouteRun, _ terms: Terms
  ) -> RouteGrant? {
    for candidate in choice.order where asked.has(candidate) {
      guard let ticket = ticket(candidate, choice, &run, terms) else { continue }
      let client = candidates[candidate].client
      let (cost, limiter) = (ticket.request.cost, ticket.limiter)
      if let prepared = run.prepared(for: candidate, client),
        let reservation = client.reserveApart(prepared, cost, wasThrottled: terms.tier?.wasThrottled ?? false)
      {
        return RouteGrant(candidate: candidate, reservation: reservation, limiter: limiter, isApart: true)
      }
      // A retry is asked for with those that wait, because it draws on the budget.
      guard !ticket.request.isRetry else { continue }
      if let reservation = limiter.takeIfRoom(ticket.request) {
        return RouteGrant(candidate: candidate, reservation: reservation, limiter: limiter)
      }
    }
    return nil
  }

  /// Decides when a request enters the queue of each candidate that it isn't decided for. What it won't enter now, others may try.
  private func plan(_ line: inout RouteLine, _ choice: inout RouteChoice, _ run: inout RouteRun, _ terms: Terms) {
    // A favourite that rests holds nobody.
    guard let favourite = choice.favourite, !line.isOpen, !line.refused.has(favourite),
      let ticket = ticket(favourite, choice, &run, terms), let own = ticket.limiter.eta(of: ticket.request)
    else { return line.open() }
    let now = now
    for candidate in choice.others.ordered() where line.entersAt[candidate] == nil {
      guard let load = load(candidate, choice, &run, terms, at: now) else { continue }
      line.entersAt[candidate] = now + choice.delay(own: own, load)
    }
    let left = choice.trials.subtracting(line.wanted(choice, at: now))
    release(left)
    (choice.trials, choice.candidates) = (choice.trials.subtracting(left), choice.candidates.subtracting(left))
  }

  private func load(
    _ candidate: Int, _ choice: RouteChoice, _ run: inout RouteRun, _ terms: Terms, at now: Duration
  ) -> ScopeLoad? {
    guard let ticket = ticket(candidate, choice, &run, terms) else { return nil }
    let (waiting, rate) = ticket.limiter.load
    return ScopeLoad(
      tokensPerSecond: rate, waiting: waiting, used: book.withLock { $0.chooser.used(candidate, of: rate, at: now) },
      eta: ticket.limiter.eta(of: ticket.request))
  }

  // MARK: - Waiting

  /// Waits in the queues of the candidates until one of them admits the request.
  /// - Returns: nil if none of them can take it.
  private func wait(
    _ line: inout RouteLine, _ choice: inout RouteChoice, _ run: inout RouteRun, _ terms: Terms
  ) async throws -> RouteGrant? {
    let race = Race()
    book.withLock { $0.races[ObjectIdentifier(race)] = race }
    defer {
      _ = book.withLock { $0.races.removeValue(forKey: ObjectIdentifier(race)) }
      race.close()
    }
    while true {
      // One time for both, so that no entry falls between them.
      let entry = now
      enter(race, &line, choice, &run, terms, at: entry)
      let timer = timer(at: [line.nextAt(after: entry), choice.lookAgainAt].compactMap { $0 }.min(), race)
      defer { timer?.cancel() }
      switch await race.wait() {
      case .won(let candidate, let reservation):
        guard let limiter = line.limiters[candidate] else { preconditionFailure("A candidate won that was not entered.") }
        return RouteGrant(candidate: candidate, reservation: reservation, limiter: limiter)
      case .cancelled: throw CancellationError()
      case .refused(let refusal):
        if line.nextAt(after: entry) == nil {
          guard let refusal else { return nil }
          // One that rests for a moment may admit what the others never will.
          guard let at = choice.passesAt, line.waitLeft(terms.waitMax, at: now).map({ $0 > at - now }) ?? true else {
            throw refusal
          }
          try await sleep(max(.zero, at - now))
        }
        line.open()
        chooseAgain(&choice, &line, &run, terms)
      case .woken:
        chooseAgain(&choice, &line, &run, terms)
        let candidates = choice.candidates
        race.withdraw { !candidates.has($0) }
      }
    }
  }

  private func chooseAgain(_ choice: inout RouteChoice, _ line: inout RouteLine, _ run: inout RouteRun, _ terms: Terms) {
    let (trials, now) = (choice.trials, now)
    choice = book.withLock { $0.chooser.choose(run.session, among: run.open, trying: trials, at: now) }
    plan(&line, &choice, &run, terms)
  }

  /// Enters a request into the queues where it should wait and doesn't yet.
  private func enter(
    _ race: Race, _ line: inout RouteLine, _ choice: RouteChoice, _ run: inout RouteRun, _ terms: Terms, at now: Duration
  ) {
    let wanted = line.wanted(choice, at: now)
    let entered = race.candidates
    for candidate in choice.order where wanted.has(candidate) && !entered.contains(candidate) && !line.refused.has(candidate) {
      guard var ticket = ticket(candidate, choice, &run, terms) else { continue }
      ticket.request.share = QueueShare(book.withLock { $0.chooser.share(of: candidate, among: wanted) })
      line.limiters[candidate] = ticket.limiter
      if ticket.request.isRetry { run.awaited = nil }
      switch ticket.limiter.enter(race, as: candidate, ticket.request, waitMax: line.waitLeft(terms.waitMax, at: now)) {
      case .over: return
      case .refused: line.refused.insert(CandidateSet(candidate))
      case .waiting(let place, let eta):
        // The terms hear of the first queue alone.
        if !line.isTold { terms.relay?.onWait(place, eta) }
        line.isTold = true
      }
    }
  }

  private func timer(at time: Duration?, _ race: Race) -> Task<Void, Never>? {
    guard let time else { return nil }
    let pause = max(.zero, time - now)
    return Task { [self] in
      guard (try? await sleep(pause)) != nil else { return }
      race.wake()
    }
  }
}

/// A request while it waits.
private struct RouteLine {
  /// When it enters the queues of the candidates that don't have its prompt cached; those that are missing, at once.
  var entersAt: [Int: Duration] = [:]
  /// Whether it enters every queue at once.
  private(set) var isOpen = false
  /// The limiters whose queues it has entered.
  var limiters: [Int: Limiter] = [:]
  /// Those that have refused it.
  var refused: CandidateSet = []
  /// Whether its caller knows that it waits.
  var isTold = false
  private var since: Duration?

  mutating func open() { (isOpen, entersAt) = (true, [:]) }

  /// Those in whose queues it should be.
  func wanted(_ choice: RouteChoice, at now: Duration) -> CandidateSet {
    choice.candidates.ordered().reduce(into: CandidateSet()) { wanted, candidate in
      if entersAt[candidate].map({ $0 <= now }) ?? true { wanted.insert(CandidateSet(candidate)) }
    }
  }

  /// When it enters the next queue; nil: it is in all of them.
  ///
  /// One that has rested, and is left to others until then, is among these.
  func nextAt(after now: Duration) -> Duration? { entersAt.values.filter { $0 > now }.min() }

  /// What is left of the time that it may wait.
  mutating func waitLeft(_ waitMax: Duration?, at now: Duration) -> Duration? {
    let start = since ?? now
    since = start
    return waitMax.map { max(.zero, $0 - (now - start)) }
  }
}
