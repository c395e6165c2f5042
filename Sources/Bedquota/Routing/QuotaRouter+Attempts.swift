import AWSClient
import AWSWire
import AdmissionControl
import Synchronization

/// Carries out what ``RequestCourse`` decides, at whichever candidate has room.
extension QuotaRouter {
  /// - Returns: the request, and its first action.
  /// - Throws: ``BedquotaError`` (`request`) if no candidate can take the request.
  func begin(
    _ original: ModelRequest, session name: String?, _ role: HedgeRole? = nil
  ) throws(BedquotaError) -> (RouteRun, RunningRequest, RequestCourse.Action) {
    // A single candidate needs no session.
    let session = candidates.count > 1 ? name.map { RouteSession(id: $0) } ?? original.session() : nil
    var run = RouteRun(count: candidates.count, session: session, terms: nil) { (_, client) throws(BedquotaError) in
      try client.prepared(original)
    }
    run.role = role
    if let late = role?.second?.late { run.exclude(late) }
    let (client, prepared) = try first(of: &run)
    var (running, action) = client.begin(
      prepared.request, prepared.bounds, deadline: client.options.deadline,
      countsTokens: client.book.withLock { $0.countsTokens }, client.telemetry.startSpan(original))
    running.course.tier = client.tierUse(of: prepared.request)
    began(run, &running)
    return (run, running, action)
  }

  /// The candidate that the request is likely to go to.
  func first(of run: inout RouteRun) throws(BedquotaError) -> (QuotaAwareClient, RouteRun.Prepared) {
    let now = now
    while let candidate = book.withLock({ $0.chooser.likely(run.session, among: run.allowed, at: now) }) {
      let client = candidates[candidate].client
      guard let prepared = run.prepared(for: candidate, client) else { continue }
      run.owner = candidate
      return (client, prepared)
    }
    throw run.refusal
  }

  func began(_ run: RouteRun, _ running: inout RunningRequest) {
    running.observer = RouteObserver(router: self, candidate: run.owner, session: run.session, role: run.role)
    if run.role?.isSecond != true { book.withLock { $0.statistics.began() } }
  }

  /// Sends a request until an attempt brings a reply.
  /// - Parameters:
  ///   - first: the first action of its course.
  ///   - exchange: sends the request once to a candidate, by its index; see ``QuotaAwareClient/attempt(_:_:_:)``.
  /// - Throws: the error that the course gives up with; nothing is reserved then.
  func attempt<Reply: Sendable>(
    _ run: inout RouteRun, _ running: inout RunningRequest, _ first: RequestCourse.Action,
    _ exchange: (Int, inout RunningRequest, inout Reservation, ReplyLimits) async throws -> Reply
  ) async throws -> Attempt<Reply> {
    var action = first
    // A second attempt is made once, where there is room at once.
    let isSecond = run.role?.isSecond == true
    while true {
      let owner = candidates[run.owner].client
      switch action {
      case .countTokens: action = await owner.count(&running)
      case .reserve(let cost, let waitMax, let isRetry):
        if run.cost == nil { run.cost = (run.owner, cost) }
        switch await reserveAndSend(&run, &running, waitMax: isSecond ? .zero : waitMax, isRetry: isRetry, exchange) {
        case .replied(let attempt): return attempt
        case .next(let next): action = next
        }
      case .resend where isSecond, .retry where isSecond, .pause where isSecond:
        // Its limiter awaits no retry.
        run.awaited?.limiter.retryWentElsewhere()
        action = owner.stop(&running, HedgeEnded())
      case .resend(_, let charge, let pause):
        running.terms?.onLoss(charge.quotaTokens)
        // It may be paid where it was sent, and is repeated there alone.
        run.stays = true
        action = await owner.resume(&running, after: pause)
      case .retry(_, let pause), .pause(let pause): action = await owner.resume(&running, after: pause)
      case .giveUp(let error, _, _): throw error
      case .settle(_, let charge, let end):
        if let charge { running.terms?.onLoss(charge.quotaTokens) }
        throw end.error ?? CancellationError()
      case .none, .send, .update: preconditionFailure("\(action) without a reservation")
      }
    }
  }

  private func reserveAndSend<Reply: Sendable>(
    _ run: inout RouteRun, _ running: inout RunningRequest, waitMax: Duration?, isRetry: Bool,
    _ exchange: (Int, inout RunningRequest, inout Reservation, ReplyLimits) async throws -> Reply
  ) async -> QuotaAwareClient.AttemptEnd<Reply> {
    let grant: RouteGrant
    do {
      grant = try await reserve(&run, running.course, waitMax: waitMax, isRetry: isRetry)
    } catch {
      return .next(candidates[run.owner].client.stop(&running, error))
    }
    move(&run, &running, to: grant.candidate)
    running.quotas = grant.limiter
    running.course.tier?.begin(isApart: grant.isApart)
    let candidate = grant.candidate
    var failure: InvocationFailure?
    // What may be paid already goes nowhere else.
    let allowed = run.stays ? [] : run.allowed.subtracting(run.denied)
    let failed = run.failed.union(run.refused)
    let end = await candidates[candidate].client.send(&running, grant.reservation) { running, reservation, limits in
      do {
        return try await exchange(candidate, &running, &reservation, limits)
      } catch {
        let new = InvocationFailure(error)
        failure = new
        noteFailure(new, of: candidate)
        running.course.alternatives = alternatives(to: candidate, among: allowed, failed: failed)
        throw error
      }
    }
    if let failure { run.note(failure, of: candidate, in: running.quotas) } else { releaseTrial(of: candidate) }
    return end
  }

  /// The request goes on at another candidate: the client there counts it from now on, by its own rules.
  private func move(_ run: inout RouteRun, _ running: inout RunningRequest, to candidate: Int) {
    guard candidate != run.owner else { return }
    let client = candidates[candidate].client
    guard let prepared = run.prepared(for: candidate, client) else { return }
    let deadline = run.terms.map(\.holdMax) ?? client.options.deadline
    let rules = client.rules(deadline: deadline, countsTokens: false)
    candidates[run.owner].client.book.withLock { $0.statistics.left() }
    var course = running.course
    client.book.withLock { book in
      book.statistics.began()
      course.move(to: prepared.bounds, rules, book.estimator)
    }
    course.tier = client.tierUse(of: prepared.request)
    run.owner = candidate
    running = RunningRequest(
      request: prepared.request, bounds: prepared.bounds, course: course, span: running.span, gate: running.gate,
      terms: running.terms, observer: RouteObserver(router: self, candidate: candidate, session: run.session, role: run.role))
  }

  // MARK: - Failures

  private func noteFailure(_ failure: InvocationFailure, of candidate: Int) {
    let now = now
    let isChanged = book.withLock { book in
      if let scopeFailure = failure.restingFailure {
        return book.chooser.failed(candidate, scopeFailure, at: now)
      }
      // Whatever it says of the request, the scope is there.
      if failure.isAnswered { return book.chooser.answered(candidate) }
      book.chooser.release(CandidateSet(candidate), at: now)
      return false
    }
    if isChanged { wakeWaiters() }
  }

  /// The request was not sent after all, so that another one may try a candidate that has rested.
  private func releaseTrial(of candidate: Int) {
    let now = now
    book.withLock { $0.chooser.release(CandidateSet(candidate), at: now) }
  }

  private func alternatives(
    to candidate: Int, among allowed: CandidateSet, failed: CandidateSet
  ) -> RequestCourse.Alternatives {
    let now = now
    let (ready, lasting) = book.withLock { ($0.chooser.ready(at: now), $0.chooser.lasting(at: now)) }
    let others = allowed.subtracting(CandidateSet(candidate))
    return RequestCourse.Alternatives(
      fresh: others.intersection(ready).subtracting(failed).count, others: others.subtracting(lasting).count)
  }
}

extension RouteRun {
  /// An attempt has failed at a candidate.
  mutating func note(_ failure: InvocationFailure, of candidate: Int, in limiter: Limiter?) {
    awaited = nil
    switch failure.kind {
    case .capacity, .throttled:
      awaited = limiter.map { (candidate, $0) }
      refused.insert(CandidateSet(candidate))
    default: break
    }
    guard let scopeFailure = failure.scopeFailure else { return }
    failed.insert(CandidateSet(candidate))
    switch scopeFailure {
    case .denied, .dayExhausted: denied.insert(CandidateSet(candidate))
    case .unavailable: break
    }
  }
}

extension InvocationFailure {
  /// The failure for which a scope rests; nil: it goes on. A scope that throttles a request and says for how long, gets that time, at
  /// most a minute. A 403 or 404 without a code of AWS's may be a firewall that dislikes one request.
  fileprivate var restingFailure: ScopeFailure? {
    if isThrottle, scopeFailure == nil { return retryAfter.map { .unavailable(retryAfter: $0) } }
    return scopeFailure == .denied && !hasKnownCode ? nil : scopeFailure
  }
}
