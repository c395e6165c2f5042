import AWSClient
import AWSWire
import AdmissionControl
import HTTPTypes
import Synchronization
import Tracing

/// Carries out what ``RequestCourse`` decides.
extension QuotaAwareClient {
  typealias Event = (inout RequestCourse, inout TokenEstimator, _ now: Duration) -> RequestCourse.Action

  /// Applies an event to a request's course and records the resulting action, under one lock.
  @inline(never)
  func apply(_ running: inout RunningRequest, _ event: Event) -> RequestCourse.Action {
    let now = options.clock()
    let (action, isRefreshDue) = book.withLock { book in
      let action = event(&running.course, &book.estimator, now)
      book.statistics.record(action, isReserved: running.course.tier != nil, at: now)
      if action.isCut { book.note(Self.cutNote) }
      if action.endedByQuota { book.note(Self.exhaustedNote) }
      return (action, action.isThrottle && book.refresh.throttled(at: now, timeScale: options.timeScale))
    }
    telemetry.record(action, running.span)
    running.observer?.observe(action, at: now)
    if action.isThrottle { meterAfterThrottle() }
    // No request waits for this, because Service Quotas may be slow or unreachable.
    if isRefreshDue { session.background.add { [self] in await readQuotasAgain() } }
    return action
  }

  /// - Returns: the request, and its first action.
  func begin(_ original: ModelRequest) -> (RunningRequest, RequestCourse.Action) {
    let request = tiered(filled(original))
    var (running, action) = begin(
      request, bounds(of: request), deadline: options.deadline, countsTokens: book.withLock { $0.countsTokens },
      telemetry.startSpan(original))
    running.course.tier = tierUse(of: request)
    return (running, action)
  }

  /// - Parameter deadline: how long it may take, waiting included; nil: no deadline.
  func begin(
    _ request: ModelRequest, _ bounds: RequestBounds, deadline: Duration?, countsTokens: Bool, _ span: any Span
  ) -> (RunningRequest, RequestCourse.Action) {
    let now = options.clock()
    let rules = rules(deadline: deadline, countsTokens: countsTokens)
    let (course, action) = book.withLock { book in
      var course = RequestCourse(
        bounds.size, maxTokens: bounds.maxTokens, bound: bounds.usage, allowance: bounds.allowance, rules: rules, at: now)
      let action = course.begin(book.estimator, at: now)
      book.statistics.began()
      return (course, action)
    }
    return (RunningRequest(request: request, bounds: bounds, course: course, span: span), action)
  }

  /// - Parameter deadline: how long a request may take, waiting included; nil: no deadline.
  func rules(deadline: Duration?, countsTokens: Bool) -> RequestCourse.Rules {
    RequestCourse.Rules(
      attemptsMax: options.attemptsMax, deadline: deadline, metering: metering, countsTokens: countsTokens,
      patience: options.patience, resendsAfterLoss: options.resendsAfterLoss, resendsAfterTimeout: options.resendsAfterTimeout)
  }

  /// Sends a request until an attempt brings a reply.
  /// - Parameters:
  ///   - first: the first action of its course.
  ///   - exchange: sends the request once, within limits, tells the course when the reply begins, and the reservation what it costs
  ///     while it arrives.
  /// - Throws: the error that the course gives up with; nothing is reserved then.
  func attempt<Reply>(
    _ running: inout RunningRequest, _ first: RequestCourse.Action,
    _ exchange: (inout RunningRequest, inout Reservation, ReplyLimits) async throws -> Reply
  ) async throws -> Attempt<Reply> {
    var action = first
    while true {
      switch action {
      case .countTokens: action = await count(&running)
      case .reserve(let cost, let waitMax, let isRetry):
        switch await reserveAndSend(&running, cost, waitMax: waitMax, isRetry: isRetry, exchange) {
        case .replied(let attempt): return attempt
        case .next(let next): action = next
        }
      case .resend(_, let charge, let pause):
        running.terms?.onLoss(charge.quotaTokens)
        action = await resume(&running, after: pause)
      case .retry(_, let pause), .pause(let pause): action = await resume(&running, after: pause)
      case .giveUp(let error, _, _): throw error
      case .settle(_, let charge, let end):
        if let charge { running.terms?.onLoss(charge.quotaTokens) }
        throw end.error ?? CancellationError()
      case .none, .send, .update: preconditionFailure("\(action) without a reservation")
      }
    }
  }

  /// How an attempt ended: with the beginning of a reply, or settled and followed by the next action.
  enum AttemptEnd<Reply: Sendable>: ~Copyable {
    case replied(Attempt<Reply>)
    case next(RequestCourse.Action)
  }

  private func reserveAndSend<Reply>(
    _ running: inout RunningRequest, _ cost: Cost, waitMax: Duration?, isRetry: Bool,
    _ exchange: (inout RunningRequest, inout Reservation, ReplyLimits) async throws -> Reply
  ) async -> AttemptEnd<Reply> {
    let reservation: Reservation
    do {
      try await waitForService(running.course)
      try await joinFleet()
      reservation = try await reserve(cost, &running, waitMax: waitMax, isRetry: isRetry)
    } catch {
      return .next(stop(&running, error))
    }
    return await send(&running, reservation, exchange)
  }

  /// The request ends, or pauses, while nothing is reserved.
  func stop(_ running: inout RunningRequest, _ error: any Error) -> RequestCourse.Action {
    let error = explained(error)
    return apply(&running) { course, _, now in course.stopped(error, at: now) }
  }

  /// Sends a request once that has been admitted, and settles it unless a reply has begun.
  func send<Reply>(
    _ running: inout RunningRequest, _ reservation: consuming Reservation,
    _ exchange: (inout RunningRequest, inout Reservation, ReplyLimits) async throws -> Reply
  ) async -> AttemptEnd<Reply> {
    var reservation = reservation
    if let gate = running.gate, !gate.enter() {
      reservation.settle(.cancelled)
      return .next(apply(&running) { course, _, now in course.stopped(CancellationError(), at: now) })
    }
    let granted = apply(&running) { course, _, now in course.granted(at: now) }
    guard case .send(let timeLeft, _) = granted else {
      running.gate?.leave()
      reservation.settle(granted.outcome ?? .cancelled)
      return .next(granted)
    }
    let limits = ReplyLimits(
      silence: session.inference.configuration.silenceMax, timeLeft: timeLeft, deadline: options.deadline)
    do {
      let reply = try await exchange(&running, &reservation, limits)
      return .replied(Attempt(reservation: reservation, reply: reply))
    } catch {
      let dice = options.dice()
      let now = options.clock()
      let answeredAt = book.withLock { book in
        book.health.failed(error, dice: dice, at: now)
        return book.health.answeredAt
      }
      let action = apply(&running) { course, estimator, now in
        course.failed(error, estimator, dice: dice, answeredAt: answeredAt, at: now)
      }
      settle(reservation, action, &running)
      running.gate?.leave()
      return .next(action)
    }
  }

  /// Reserves what a request needs of the quotas.
  func reserve(
    _ cost: Cost, in limiter: Limiter, _ terms: RelayTerms?, waitMax: Duration?, isRetry: Bool
  ) async throws -> Reservation {
    guard let terms else { return try await limiter.reserve(cost, deadline: waitMax, isRetry: isRetry) }
    return try await limiter.reserve(
      cost, deadline: waitMax, priority: terms.priority, tenant: terms.tenant, isRetry: isRetry,
      place: isRetry ? nil : terms.place,
      onWait: terms.onWait)
  }

  /// The service has begun to reply.
  func headArrived(_ running: inout RunningRequest, _ headers: HTTPFields) {
    running.course.headArrived()
    running.observer?.headArrived()
    running.course.tier?.read(headers)
    let now = options.clock()
    book.withLock { $0.health.answered(at: now) }
  }

  func count(_ running: inout RunningRequest) async -> RequestCourse.Action {
    do {
      let tokens = try await countTokens(running.request)
      return apply(&running) { course, estimator, now in course.counted(tokens, estimator, at: now) }
    } catch {
      return apply(&running) { course, _, now in course.stopped(error, at: now) }
    }
  }

  func resume(_ running: inout RunningRequest, after pause: Duration) async -> RequestCourse.Action {
    do {
      if pause > .zero { try await options.sleep(pause / options.timeScale) }
      return apply(&running) { course, _, now in course.resumed(at: now) }
    } catch {
      return apply(&running) { course, _, now in course.stopped(error, at: now) }
    }
  }
}
