/// When may a request go? The answer as a state machine: every method is an event at a time, nothing waits, nothing reads a clock.
///
/// After any event, call ``next(at:)`` until it gives nil; call it again at ``wakeAt`` where nothing happens before. Times are
/// nanoseconds of one monotonic clock; one that goes back changes nothing.
public struct AdmissionState: Sendable {
  private let configuration: LimiterConfiguration
  private var gates: Gates
  private var queue: WaitQueue
  private var predictor = OutputPredictor()
  private var retries: RetryBudget
  private var shadows: ShadowLedgers?
  private var now: Int64
  private(set) var isDraining = false
  private(set) var counts = Snapshot.Counts()
  /// When ``next(at:)`` may have something to say though nothing happens before; nil: never.
  public private(set) var wakeAt: Int64?

  public init(_ configuration: LimiterConfiguration, at now: Int64) {
    self.configuration = configuration
    self.now = now
    gates = Gates(configuration, at: now)
    queue = WaitQueue(tierWeights: configuration.tierWeights, tenantWeights: configuration.tenantWeights)
    retries = RetryBudget(perAdmission: configuration.retriesPerAdmission, perSecond: configuration.retriesPerSecond, at: now)
    if configuration.profile == .auto, let gate = Self.shadowed(gates) {
      shadows = ShadowLedgers(measure: gate.measure, limit: gate.limit, at: now)
    }
  }

  /// The gate whose window is in doubt: tokens where they are limited, else requests.
  private static func shadowed(_ gates: Gates) -> Gate? {
    [Measure.tokensPerMinute, .inputTokensPerMinute, .requestsPerMinute].lazy.compactMap { gates[$0] }.first
  }

  /// Whether nobody waits and nothing is out.
  public var isIdle: Bool { queue.isEmpty && counts.outstanding == 0 }

  var isWithoutWaiters: Bool { queue.isEmpty }

  private var outstanding: Int64 { Int64(counts.outstanding) }

  // MARK: - Arriving

  /// The way of nearly all requests: nobody waits, and there is room. nil: any other case, and nothing has changed but the time.
  @inline(__always)
  mutating func takeAtOnce(_ cost: Cost, priority: Int, tenant: UInt32, at time: Int64) -> Lease? {
    advance(to: time)
    guard gates.isPlain, shadows == nil, queue.isEmpty, !isDraining, gates.canEverHold(cost.reserved), cost.isForetoldValidly
    else {
      return nil
    }
    let predicted = predictor.predict(cost)
    guard gates.takeAtOnce(cost.reserved, predicted, outstanding: outstanding, at: now) else { return nil }
    retries.admitted()
    counts.admitted &+= 1
    counts.outstanding &+= 1
    return Lease(
      cost, predicted: predicted, tenant: tenant, tier: queue.tier(of: priority), entries: gates.plainEntries, at: now)
  }

  /// A request that can't wait asks: it is let in or refused for good; nil: not now.
  public mutating func tryArrive(_ request: Request, at time: Int64) -> Arrival? {
    if let lease = takeAtOnce(request.cost, priority: request.priority, tenant: request.tenant, at: time) {
      return .admitted(lease)
    }
    if let refusal = refusal(of: request) { return refuse(refusal) }
    let predicted = predictor.predict(request.cost)
    guard queue.isEmpty, gates.hold(request.cost.reserved, predicted, outstanding: outstanding, at: now) else { return nil }
    return .admitted(grant(request, predicted, tier: queue.tier(of: request.priority)))
  }

  /// A request asks: it is let in, waits, or is refused with the reason.
  public mutating func arrive(_ request: Request, at time: Int64) -> Arrival {
    if !request.isRetry,
      let lease = takeAtOnce(request.cost, priority: request.priority, tenant: request.tenant, at: time)
    {
      return .admitted(lease)
    }
    advance(to: time)
    if let refusal = refusal(of: request) { return refuse(refusal) }
    let predicted = predictor.predict(request.cost)
    let isRetry = request.isRetry
    if queue.isEmpty, gates.hold(request.cost.reserved, predicted, outstanding: outstanding, at: now) {
      guard !isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
      return .admitted(grant(request, predicted, tier: queue.tier(of: request.priority)))
    }
    guard queue.count < configuration.waitersMax else { return refuse(.queueFull(waiters: queue.count)) }
    let tier = queue.tier(of: request.priority)
    let eta = isRetry ? 0 : eta(of: request, predicted, tier: tier)
    if let deadline = request.deadline, deadline <= now || eta > deadline &- now { return refuse(.deadline(eta: eta)) }
    guard Double(eta) <= configuration.queueSecondsMax * 1e9 else { return refuse(.waitTooLong(eta: eta)) }
    guard !isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
    let id = queue.append(Waiter(request, predicted: predicted, tier: tier), deadline: request.deadline, isRetry: isRetry)
    return .waiting(id, eta: eta)
  }

  private func refusal(of request: Request) -> Refusal? {
    if isDraining, !request.isRetry { return .draining }
    guard request.cost.isValid else { return .invalidCost }
    return gates.neverFits(request.cost.reserved)
  }

  private mutating func refuse(_ refusal: Refusal) -> Arrival {
    counts.refused += 1
    return .refused(refusal)
  }

  /// Nanoseconds until its turn, if all that waits goes first, or as much as the tier's share lets go.
  private func eta(of request: Request, _ predicted: Amounts, tier: Int) -> Int64 {
    let share = queue.count(inTier: tier) == 0 ? 1 / max(queue.share(of: tier), 1e-6) - 1 : .infinity
    return gates.eta(request.cost.reserved, predicted, outstanding: outstanding, at: now) { measure in
      if measure == .concurrency { return 0 }
      let all = measure == .requestsPerMinute ? Int64(queue.count) : queue.ahead.of(measure)
      return share.isFinite ? min(all, Int64(min(share * Double(predicted.of(measure)), 1e12))) : all
    }
  }

  /// Takes what the gates hold.
  private mutating func grant(_ request: Request, _ predicted: Amounts, tier: Int) -> Lease {
    let entries = gates.take(request.cost.reserved, predicted, at: now)
    let against = shadows == nil ? 0 : shadows!.take(request.cost.reserved.of(shadows!.measure), at: now)
    let isCharged = !queue.isEmpty
    if isCharged { queue.charge(Self.price(predicted), tier: tier, tenant: request.tenant) }
    retries.admitted()
    counts.admitted &+= 1
    counts.outstanding &+= 1
    return Lease(
      request.cost, predicted: predicted, tenant: request.tenant, tier: tier, entries: entries, isCharged: isCharged,
      against: against, at: now)
  }

  /// What fairness counts: tokens, and one for the request itself.
  private static func price(_ amounts: Amounts) -> Int64 { amounts.tokens + amounts.inputTokens + amounts.outputTokens + 1 }

  // MARK: - Ending

  /// A request has used so much by now: where that is more than it reserved, the rest is taken too.
  public mutating func adjust(_ lease: inout Lease, used: Amounts, at time: Int64) {
    advance(to: time)
    let used = used.clamped
    func raised(_ held: Amounts) -> Amounts {
      Amounts(
        tokens: max(used.tokens, held.tokens), inputTokens: max(used.inputTokens, held.inputTokens),
        outputTokens: max(used.outputTokens, held.outputTokens))
    }
    let (reserved, predicted) = (raised(lease.reserved), raised(lease.predicted))
    guard reserved != lease.reserved || predicted != lease.predicted else { return }
    gates.raise(lease, reserved: reserved, predicted: predicted, at: now)
    if shadows != nil {
      shadows!.settle(
        reserved: lease.reserved.of(shadows!.measure), final: reserved.of(shadows!.measure), takenAt: lease.grantedAt, at: now)
    }
    if lease.isCharged {
      queue.charge(Self.price(predicted) - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    lease.reserved = reserved
    lease.predicted = predicted
  }

  /// The end of nearly all requests: nobody waits, and it has cost no more than was reserved.
  /// - Returns: false: any other case, and nothing has changed but the time.
  @inline(__always)
  mutating func settleAtOnce(_ lease: Lease, _ final: Amounts, at time: Int64) -> Bool {
    advance(to: time)
    guard gates.isPlain, shadows == nil, queue.isEmpty, !isDraining, !lease.isCharged, final.isWithin(lease.reserved),
      gates.settleAtOnce(lease, final, at: now)
    else { return false }
    counts.outstanding &-= 1
    counts.completed &+= 1
    predictor.learn(final, beyond: lease.known, key: lease.key)
    return true
  }

  /// A request has ended; each lease exactly once.
  public mutating func settle(_ lease: Lease, _ outcome: Outcome, at time: Int64) {
    if case .completed(let final) = outcome, settleAtOnce(lease, final, at: time) { return }
    advance(to: time)
    var final = Amounts.zero
    var requests: Int64 = 1
    switch outcome {
    case .completed(let amounts), .failed(let amounts): final = amounts.clamped
    case .throttled, .cancelled: requests = 0
    // Whether a request that found no room counts is not documented; the tokens come back.
    case .capacity: break
    }
    gates.settle(lease, final, requests: requests, at: now)
    counts.outstanding &-= 1
    if lease.isCharged {
      let price = requests == 0 ? 0 : Self.price(final)
      queue.charge(price - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    if shadows != nil {
      let measure = shadows!.measure
      shadows!.settle(
        reserved: lease.reserved.of(measure), final: measure == .requestsPerMinute ? requests : final.of(measure),
        takenAt: lease.grantedAt, at: now)
    }
    learn(lease, outcome)
  }

  private mutating func learn(_ lease: Lease, _ outcome: Outcome) {
    switch outcome {
    case .completed(let amounts):
      counts.completed &+= 1
      shadows?.passed(against: lease.against)
      predictor.learn(amounts.clamped, beyond: lease.known, key: lease.key)
    case .throttled(let reason):
      counts.throttled &+= 1
      throttled(lease, reason)
    case .failed: counts.failed &+= 1
    case .capacity: counts.capacity &+= 1
    case .cancelled: counts.cancelled &+= 1
    }
  }

  @inline(never)
  private mutating func throttled(_ lease: Lease, _ reason: Outcome.Throttle) {
    let perMinute: Set<Measure> = [.requestsPerMinute, .tokensPerMinute, .inputTokensPerMinute, .outputTokensPerMinute]
    var meant: Set<Measure> =
      switch reason {
      case .requests: [.requestsPerMinute]
      case .tokens: perMinute.subtracting([.requestsPerMinute])
      case .tokensPerDay: [.tokensPerDay]
      case .unknown: perMinute
      }
    // A limit that nobody told us of: what is known has to stand in for it.
    if reason != .tokensPerDay, !gates.contain(anyOf: meant) { meant = perMinute }
    gates.refused(meant, sentAt: lease.grantedAt, at: now)
    guard shadows != nil, meant.contains(shadows!.measure) else { return }
    let measure = shadows!.measure
    if let window = shadows!.refused(lease.reserved.of(measure), at: now) { gates.set(measure, window: window, at: now) }
  }

  // MARK: - Waiting

  /// A waiter gives up.
  /// - Returns: false where it waits no longer: it has been admitted or refused.
  public mutating func cancel(_ waiter: WaiterID, at time: Int64) -> Bool {
    advance(to: time)
    guard queue.remove(waiter) != nil else { return false }
    counts.cancelledWaiters &+= 1
    return true
  }

  /// Whom to tell what; nil when there is nothing more to say at this time.
  public mutating func next(at time: Int64) -> Action? {
    advance(to: time)
    wakeAt = nil
    if let (id, deadline) = queue.earliestDeadline() {
      guard deadline > now else { return refuse(id, .expired) }
      wakeAt = deadline
    }
    guard let id = queue.head(), let waiter = queue[id] else { return nil }
    let (reserved, predicted) = (waiter.request.cost.reserved, waiter.predicted)
    if let refusal = gates.neverFits(reserved) { return refuse(id, refusal) }
    if gates.hold(reserved, predicted, outstanding: outstanding, at: now) {
      // Out of the queue after the charge, so that what it was served counts.
      let lease = grant(waiter.request, predicted, tier: waiter.tier)
      _ = queue.remove(id)
      return .admit(id, lease)
    }
    if let wait = gates.wait(reserved, predicted, outstanding: outstanding, at: now) {
      wakeAt = min(wakeAt ?? .max, now &+ max(wait, 1))
    }
    return nil
  }

  private mutating func refuse(_ id: WaiterID, _ refusal: Refusal) -> Action {
    _ = queue.remove(id)
    counts.refused &+= 1
    return .refuse(id, refusal)
  }

  // MARK: - Changes

  /// Another value for a limit; one that was not kept before is kept from now on.
  public mutating func setLimit(_ measure: Measure, _ value: Int64, at time: Int64) {
    advance(to: time)
    gates.set(measure, limit: value, at: now)
    if shadows?.measure == measure, let gate = gates[measure] { shadows?.set(limit: gate.limit, at: now) }
  }

  /// Takes no new requests from now on; those that wait still get their turn, and retries of those under way.
  public mutating func drain(at time: Int64) {
    advance(to: time)
    isDraining = true
  }

  @inline(__always)
  private mutating func advance(to time: Int64) {
    guard time > now else { return }
    now = time
    gates.advance(to: now)
  }

  /// - Parameter time: nil: as of the last event.
  public func snapshot(at time: Int64? = nil) -> Snapshot {
    let now = max(now, time ?? now)
    return Snapshot(
      counts: counts, waiting: queue.count, isDraining: isDraining, meters: gates.states(outstanding: outstanding, at: now))
  }
}
