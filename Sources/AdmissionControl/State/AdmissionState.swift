/// Decides when each request may be sent: the limiter as a state machine. Every method is an event with a time; none waits or
/// reads a clock.
///
/// After any event, call ``next(at:)`` until it returns nil, and call it again at ``wakeAt`` if no event happens before. Times
/// are nanoseconds of one monotonic clock; a time before the latest event's counts as the latest event's.
package struct AdmissionState: Sendable {
  /// Times are kept within this distance from 0, 73 years in nanoseconds, so that sums and differences of two stay within 64 bits.
  package static let timeMax = Int64.max / 4

  private let queueWaitMax: Int64
  private let waitersMax: Int
  var gates: Gates
  var queue: WaitQueue
  var predictor = OutputPredictor()
  private var retries: RetryBudget
  /// Present while the ``LimiterConfiguration/Profile/auto`` profile looks for the server's window.
  var shadows: ShadowMeters?
  /// Present once a request came whose reservation depends on whether the burndown counts.
  var factor: ReservationFactor?
  let configuration: LimiterConfiguration
  private(set) var now: Int64
  private(set) var isDraining = false
  var counts = Snapshot.Counts()
  /// The time at which ``next(at:)`` may return an action even if no event happens before; nil: never.
  package private(set) var wakeAt: Int64?

  package init(_ configuration: LimiterConfiguration, at time: Int64) {
    let now = Self.clamped(time)
    self.configuration = configuration
    queueWaitMax = configuration.queueWaitMax.clampedNanoseconds
    waitersMax = configuration.waitersMax
    self.now = now
    gates = Gates(configuration, at: now)
    queue = WaitQueue(tierWeights: configuration.tierWeights, tenantWeights: configuration.tenantWeights)
    retries = RetryBudget(perAdmission: configuration.retriesPerAdmission, perSecond: configuration.retriesPerSecond, at: now)
    if configuration.profile == .auto, !configuration.isPrepaid, let gate = Self.shadowedGate(of: gates) {
      shadows = ShadowMeters(measure: gate.measure, limit: gate.limit, at: now)
    }
  }

  /// The gate whose window the shadow meters look for: the one for tokens, or for requests if tokens aren't limited.
  private static func shadowedGate(of gates: Gates) -> Gate? {
    [Measure.tokensPerMinute, .inputTokensPerMinute, .requestsPerMinute].lazy.compactMap { gates[$0] }.first
  }

  /// The nearest time that the limiter can count with.
  @inline(__always)
  package static func clamped(_ time: Int64) -> Int64 { min(max(time, -timeMax), timeMax) }

  /// Whether no request waits and none is in flight.
  package var isIdle: Bool { queue.isEmpty && counts.inFlight == 0 }

  var inFlight: Int64 { Int64(counts.inFlight) }

  /// Whether the meters alone decide. This holds for most requests, and the fast path handles only this.
  @inline(__always)
  var isFast: Bool { gates.isPlain && shadows == nil && factor == nil && queue.isEmpty && !isDraining }

  @inline(__always)
  mutating func advance(to time: Int64) {
    guard time > now else { return }
    now = min(time, Self.timeMax)
    gates.advance(to: now)
  }

  // MARK: - Arriving

  /// The fast path: admits a request if nobody waits and every meter has room.
  /// - Returns: nil in any other case; then only the time has changed, and ``tryArrive(_:at:)`` decides.
  @inline(__always)
  mutating func takeAtOnce(_ cost: Cost, priority: Int, tenant: UInt32, at time: Int64) -> Lease? {
    advance(to: time)
    guard isFast, cost.burndownExtra == 0, gates.canEverHold(cost.reserved), cost.hasValidPrediction else { return nil }
    let predicted = predictor.predict(cost)
    guard gates.takeAtOnce(cost.reserved, predicted, inFlight: inFlight, at: now) else { return nil }
    retries.admitted()
    counts.admitted &+= 1
    counts.inFlight &+= 1
    return Lease(
      cost, predicted: predicted, tenant: tenant, tier: queue.tier(of: priority), entries: gates.plainEntries, at: now)
  }

  /// Admits or refuses a request that can't wait.
  /// - Returns: nil if it would have to wait.
  package mutating func tryArrive(_ request: Request, at time: Int64) -> Arrival? {
    if !request.isRetry,
      let lease = takeAtOnce(request.cost, priority: request.priority, tenant: request.tenant, at: time)
    {
      return .admitted(lease)
    }
    advance(to: time)
    guard request.cost.isValid else { return refuse(.invalidCost) }
    beginFactor(with: request.cost)
    if let refusal = refusal(of: request) { return refuse(refusal) }
    let predicted = predictor.predict(request.cost)
    guard queue.isEmpty, hasRoom(request.cost, predicted) else { return nil }
    guard !request.isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
    return .admitted(grant(request.cost, predicted, tenant: request.tenant, tier: queue.tier(of: request.priority)))
  }

  /// Admits, queues or refuses a request.
  package mutating func arrive(_ request: Request, at time: Int64) -> Arrival {
    if let arrival = tryArrive(request, at: time) { return arrival }
    return enqueue(request)
  }

  private mutating func enqueue(_ request: Request) -> Arrival {
    guard queue.count < waitersMax else { return refuse(.queueFull(waiters: queue.count)) }
    let predicted = predictor.predict(request.cost)
    let tier = queue.tier(of: request.priority)
    // A retry always finds a place: its request was admitted before.
    if configuration.sharesQueue, !request.goesAhead {
      let own = queue.count(ofTenant: request.tenant)
      guard own < waitersMax - queue.count else { return refuse(.queueFull(waiters: own, isOwn: true)) }
    }
    let (eta, measure) = eta(of: request, predicted, tier: tier)
    let deadline = request.deadline.map { min(max($0, -2 * Self.timeMax), 2 * Self.timeMax) }
    if let deadline, deadline <= now || eta > deadline &- now {
      return refuse(Refusal.deadline(eta: eta).decided(by: measure))
    }
    guard eta <= queueWaitMax else { return refuse(Refusal.waitTooLong(eta: eta).decided(by: measure)) }
    guard !request.isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
    let id = queue.append(
      Waiter(request, predicted: predicted, tier: tier, measure: measure, at: now), deadline: deadline,
      goesAhead: request.goesAhead,
      rank: request.place?.rank)
    return .waiting(id, eta: eta)
  }

  /// The place of a request that was queued just now.
  package func place(of id: WaiterID, _ request: Request, eta: Int64) -> QueuePlace {
    QueuePlace(
      rank: request.place?.rank ?? id.number, turnAt: request.place?.turnAt ?? now &+ eta, measure: queue[id]?.measure)
  }

  /// Why the request is refused even if there is room now; nil if it is not.
  private func refusal(of request: Request) -> Refusal? {
    isDraining && !request.isRetry ? .draining : neverFits(request.cost)
  }

  /// Nanoseconds until the turn of a request that came now; nil if it would be refused for another reason than its deadline.
  package mutating func eta(of request: Request, at time: Int64) -> Int64? {
    advance(to: time)
    guard request.cost.isValid, refusal(of: request) == nil, queue.count < waitersMax else { return nil }
    let eta = eta(of: request, predictor.predict(request.cost), tier: queue.tier(of: request.priority)).eta
    return eta <= queueWaitMax ? eta : nil
  }

  private mutating func refuse(_ refusal: Refusal) -> Arrival {
    counts.refused += 1
    return .refused(refusal)
  }

  /// Nanoseconds until the request's turn: after all waiters, or after its tenant's own and as many units of the others as the
  /// weights of tiers and tenants allow them meanwhile. So nobody is refused for a flood of somebody else.
  /// - Returns: also the limit with the longest wait; nil if no limit makes it wait.
  private func eta(of request: Request, _ predicted: Amounts, tier: Int) -> (eta: Int64, measure: Measure?) {
    // It goes ahead of its tenant's other requests, so its wait can't be estimated from the queue.
    if request.goesAhead { return (0, nil) }
    var estimate = queueETA(of: request, predicted, tier: tier)
    if let place = request.place { estimate.eta = min(estimate.eta, place.eta(at: now)) }
    return estimate
  }

  private func queueETA(of request: Request, _ predicted: Amounts, tier: Int) -> (eta: Int64, measure: Measure?) {
    let othersPerOwn = queue.othersPerOwn(tenant: request.tenant, tier: tier)
    let own = queue.ahead(ofTenant: request.tenant, tier: tier)
    let (eta, measure) = gates.eta(request.cost.reserved, predicted, inFlight: inFlight, at: now) { measure in
      if measure == .concurrency { return 0 }
      let isCount = measure == .requestsPerMinute
      let all = isCount ? queue.requestsAhead : queue.ahead.of(measure)
      let before = Double(isCount ? own.requests : own.amounts.of(measure))
      let others = othersPerOwn * (before + Double(request.cost.reserved.of(measure)))
      return min(all, Int64(min(max(before + others, 0), 1e12)))
    }
    let burndown = factor?.wait(for: request.cost.reservedWithBurndown, at: now) ?? 0
    return burndown > eta ? (burndown, .tokensPerMinute) : (eta, measure)
  }

  /// Debits the gates, which must have room.
  /// - Parameter tenant: nil: nobody, so that fairness doesn't count it.
  private mutating func grant(_ cost: Cost, _ predicted: Amounts, tenant: UInt32?, tier: Int) -> Lease {
    let entries = gates.take(cost.reserved, predicted, isInFlight: tenant != nil, at: now)
    let contradicted = shadows?.take(cost.reserved, at: now) ?? 0
    let room = factor?.take(cost.reservedWithBurndown, at: now) ?? .enough
    let isCharged = tenant != nil && !queue.isEmpty
    if let tenant, isCharged { queue.charge(Self.price(predicted), tier: tier, tenant: tenant) }
    retries.admitted()
    counts.admitted &+= 1
    counts.inFlight &+= 1
    return Lease(
      cost, predicted: predicted, tenant: tenant ?? 0, tier: tier, entries: entries, isCharged: isCharged,
      contradicted: contradicted, room: room, at: now)
  }

  /// The units that fairness between tenants counts: all tokens, plus one for the request itself.
  static func price(_ amounts: Amounts) -> Int64 { amounts.tokens + amounts.inputTokens + amounts.outputTokens + 1 }

  /// Counts a request that was sent without being admitted here. It may leave the limits in debt.
  package mutating func debit(_ used: Amounts, at time: Int64) {
    advance(to: time)
    // It is no request of this limiter's: it says nothing about those that are, and no tenant pays for it.
    let before = (counts, retries)
    settle(grant(Cost(reserved: .zero), .zero, tenant: nil, tier: 0), .failed(used: used), at: now)
    (counts, retries) = before
  }

  // MARK: - Waiting

  /// A waiter gives up.
  /// - Returns: false if it was admitted or refused before.
  package mutating func cancel(_ waiter: WaiterID, at time: Int64) -> Bool {
    advance(to: time)
    guard queue.remove(waiter) != nil else { return false }
    counts.cancelledWaiters &+= 1
    return true
  }

  /// A waiter leaves the queue because its request waits in others too and was admitted there, or shall no longer wait here. Unlike a
  /// cancelled request it isn't counted, and a retry that was not sent costs nothing of the budget.
  /// - Returns: false if it was admitted or refused before.
  package mutating func withdraw(_ waiter: WaiterID, at time: Int64) -> Bool {
    advance(to: time)
    guard let waiter = queue.remove(waiter) else { return false }
    if waiter.isRetry { retries.giveBack() }
    return true
  }

  /// Takes back the admission of a request that another limiter has admitted before. What a retry drew on the budget stays drawn.
  package mutating func takeBack(_ lease: Lease, at time: Int64) {
    settle(lease, .cancelled, at: time)
    retries.takeBackAdmission()
    counts.cancelled &-= 1
    counts.admitted &-= 1
  }

  /// The next answer for a waiter; nil if there are no more at this time.
  package mutating func next(at time: Int64) -> Action? {
    advance(to: time)
    wakeAt = nil
    let first = queue.earliestDeadline()
    if let first {
      guard first.at >= now else { return expire(first.id) }
      wakeAt = first.at
    }
    guard let id = queue.head(), let waiter = queue[id] else { return nil }
    let (cost, predicted) = (waiter.cost, waiter.predicted)
    if let refusal = neverFits(cost) { return refuse(id, refusal) }
    if hasRoom(cost, predicted) {
      // The charge precedes the removal, because the queue may forget the counters of tenants without waiters.
      let lease = grant(cost, predicted, tenant: waiter.tenant, tier: waiter.tier)
      _ = queue.remove(id)
      return .admit(id, lease)
    }
    // Whoever's turn comes at its deadline has been admitted by now.
    if let first, first.at == now { return expire(first.id) }
    if let wait = wait(cost, predicted) {
      wakeAt = min(wakeAt ?? .max, now &+ max(wait, 1))
    }
    return nil
  }

  private mutating func expire(_ id: WaiterID) -> Action { refuse(id, Refusal.expired.decided(by: queue[id]?.measure)) }

  private mutating func refuse(_ id: WaiterID, _ refusal: Refusal) -> Action {
    _ = queue.remove(id)
    counts.refused &+= 1
    return .refuse(id, refusal)
  }

  // MARK: - Changes

  /// Replaces the value of a limit, or adds the limit.
  package mutating func setLimit(_ measure: Measure, _ value: Int64, at time: Int64) {
    advance(to: time)
    gates.set(measure, limit: value, at: now)
    guard let gate = gates[measure] else { return }
    if shadows?.measure == measure { shadows?.set(limit: gate.limit, at: now) }
    if measure == .tokensPerMinute { factor?.set(limit: gate.limit, at: now) }
  }

  /// Replaces the weights of all tenants from now on; nobody loses a place in the queue.
  package mutating func setTenantWeights(_ weights: [UInt32: Double], at time: Int64) {
    advance(to: time)
    queue.setTenantWeights(weights)
  }

  /// Stops admitting new requests. Waiters and retries of requests in flight still get their turn.
  package mutating func drain(at time: Int64) {
    advance(to: time)
    isDraining = true
  }

  /// Requests that wait, and what the server's limit of tokens refills as far as it is known, in tokens per second; 0: there is no such
  /// limit.
  package var load: (waiting: Int, tokensPerSecond: Double) {
    let gate = gates[.tokensPerMinute] ?? gates[.inputTokensPerMinute]
    return (queue.count, gate.map { Double($0.effectiveLimit) / 60 } ?? 0)
  }

  /// - Parameter time: nanoseconds; nil: the time of the last event.
  package func snapshot(at time: Int64? = nil) -> Snapshot {
    let now = max(now, Self.clamped(time ?? now))
    return Snapshot(
      counts: counts, waiting: queue.count, isDraining: isDraining, reservesBurndown: factor?.counts,
      meters: gates.states(inFlight: inFlight, at: now))
  }
}
