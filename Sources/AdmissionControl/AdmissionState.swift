/// When may a request go? The answer as a state machine: every method is an event at a time, nothing waits, nothing reads a clock.
///
/// After any event, call ``next(at:)`` until it gives nil; call it again at ``wakeAt`` where nothing happens before. Times are
/// nanoseconds of one monotonic clock; one that goes back changes nothing.
public struct AdmissionState: Sendable {
  private let configuration: LimiterConfiguration
  private(set) var gates: [Gate]
  private var queue: WaitQueue
  private var predictor = OutputPredictor()
  private var retries: RetryBudget
  private var shadows: ShadowLedgers?
  private var now: Int64
  private var lastNumber: UInt64 = 0
  private(set) var isDraining = false
  private(set) var counts = Snapshot.Counts()
  /// When ``next(at:)`` may have something to say though nothing happens before; nil: never.
  public private(set) var wakeAt: Int64?

  public init(_ configuration: LimiterConfiguration, at now: Int64) {
    self.configuration = configuration
    self.now = now
    var seen: Set<Measure> = []
    gates = configuration.limits.filter { seen.insert($0.measure).inserted }.map { Gate($0, configuration, at: now) }
    queue = WaitQueue(tierWeights: configuration.tierWeights, tenantWeights: configuration.tenantWeights)
    retries = RetryBudget(perAdmission: configuration.retriesPerAdmission, perSecond: configuration.retriesPerSecond, at: now)
    if configuration.profile == .auto, let gate = Self.shadowed(gates) {
      shadows = ShadowLedgers(measure: gate.measure, limit: gate.limit, at: now)
    }
  }

  /// The gate whose window is in doubt: tokens where they are limited, else requests.
  private static func shadowed(_ gates: [Gate]) -> Gate? {
    [Measure.tokensPerMinute, .inputTokensPerMinute, .requestsPerMinute].lazy
      .compactMap { measure in gates.first { $0.measure == measure } }.first
  }

  /// Whether nobody waits and nothing is out.
  public var isIdle: Bool { queue.isEmpty && counts.outstanding == 0 }

  var isWithoutWaiters: Bool { queue.isEmpty }

  // MARK: - Arriving

  /// A request that can't wait asks: it is let in or refused for good; nil: not now.
  public mutating func tryArrive(_ request: Request, at time: Int64) -> Arrival? {
    advance(to: time)
    if let refusal = refusal(of: request) { return refuse(refusal) }
    let predicted = predictor.predict(request.cost)
    guard queue.isEmpty, holds(request.cost.reserved, predicted) else { return nil }
    return .admitted(grant(request, predicted, tier: queue.tier(of: request.priority)))
  }

  /// A request asks: it is let in, waits, or is refused with the reason.
  public mutating func arrive(_ request: Request, at time: Int64) -> Arrival {
    advance(to: time)
    if let refusal = refusal(of: request) { return refuse(refusal) }
    let predicted = predictor.predict(request.cost)
    let isRetry = request.isRetry
    if queue.isEmpty, holds(request.cost.reserved, predicted) {
      guard !isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
      return .admitted(grant(request, predicted, tier: queue.tier(of: request.priority)))
    }
    guard queue.count < configuration.waitersMax else { return refuse(.queueFull(waiters: queue.count)) }
    let tier = queue.tier(of: request.priority)
    let eta = isRetry ? 0 : eta(of: request, predicted, tier: tier)
    if let deadline = request.deadline, deadline <= now || eta > deadline &- now { return refuse(.deadline(eta: eta)) }
    guard Double(eta) <= configuration.queueSecondsMax * 1e9 else { return refuse(.waitTooLong(eta: eta)) }
    guard !isRetry || retries.take(at: now) else { return refuse(.retryBudget) }
    let id = queue.append(Waiter(request: request, predicted: predicted, tier: tier, arrivedAt: now))
    return .waiting(id, eta: eta)
  }

  private func refusal(of request: Request) -> Refusal? {
    if isDraining, !request.isRetry { return .draining }
    guard request.cost.isValid else { return .invalidCost }
    return neverFits(request.cost.reserved)
  }

  private func neverFits(_ reserved: Amounts) -> Refusal? {
    for gate in gates {
      let needed = reserved.of(gate.measure)
      if !gate.canEverHold(needed) { return .neverFits(gate.measure, needed: needed, limit: gate.limit) }
    }
    return nil
  }

  private mutating func refuse(_ refusal: Refusal) -> Arrival {
    counts.refused += 1
    return .refused(refusal)
  }

  /// Nanoseconds until its turn, if all that waits goes first, or as much as the tier's share lets go.
  private func eta(of request: Request, _ predicted: Amounts, tier: Int) -> Int64 {
    let share = queue.count(inTier: tier) == 0 ? 1 / max(queue.share(of: tier), 1e-6) - 1 : .infinity
    var eta: Int64 = 0
    for gate in gates {
      let all = gate.measure == .requestsPerMinute ? Int64(queue.count) : queue.ahead.of(gate.measure)
      let own = predicted.of(gate.measure)
      let ahead = gate.measure == .concurrency ? 0 : share.isFinite ? min(all, Int64(min(share * Double(own), 1e12))) : all
      // Where only settlements help, the answer is not known; nobody is turned away for that.
      eta = max(eta, gate.wait(reserved: request.cost.reserved.of(gate.measure), predicted: own, ahead: ahead, at: now) ?? 0)
    }
    return eta
  }

  @inline(__always)
  private mutating func holds(_ reserved: Amounts, _ predicted: Amounts) -> Bool {
    for index in gates.indices {
      let measure = gates[index].measure
      guard gates[index].holds(reserved: reserved.of(measure), predicted: predicted.of(measure), at: now) else { return false }
    }
    return true
  }

  @inline(__always)
  private mutating func grant(_ request: Request, _ predicted: Amounts, tier: Int) -> Lease {
    var slot = Int64.min
    var measures: UInt8 = 0
    let reserved = request.cost.reserved
    for index in gates.indices {
      let measure = gates[index].measure
      let taken = gates[index].take(reserved: reserved.of(measure), predicted: predicted.of(measure), at: now)
      slot = max(slot, taken)
      measures |= 1 << UInt8(measure.rawValue)
    }
    var against: UInt8 = 0
    var shadowSlot: Int64 = 0
    if shadows != nil { (against, shadowSlot) = shadows!.take(reserved.of(shadows!.measure), at: now) }
    let charged = !queue.isEmpty
    if charged { queue.charge(Self.price(predicted), tier: tier, tenant: request.tenant) }
    retries.admitted()
    lastNumber &+= 1
    counts.admitted &+= 1
    counts.outstanding &+= 1
    return Lease(
      reserved: reserved, predicted: predicted, known: request.cost.known, key: request.cost.key, tenant: request.tenant,
      tier: UInt8(tier), grantedAt: now, isCharged: charged, against: against, slot: slot, measures: measures,
      shadowSlot: shadowSlot)
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
    for index in gates.indices where gates[index].measure != .requestsPerMinute && lease.took(gates[index].measure) {
      let measure = gates[index].measure
      gates[index].raise(
        reserved: reserved.of(measure) - lease.reserved.of(measure),
        predicted: predicted.of(measure) - lease.predicted.of(measure), slot: lease.slot, at: now)
    }
    if shadows != nil {
      shadows!.settle(
        reserved: lease.reserved.of(shadows!.measure), final: reserved.of(shadows!.measure), slot: lease.shadowSlot, at: now)
    }
    if lease.isCharged {
      queue.charge(Self.price(predicted) - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    lease.reserved = reserved
    lease.predicted = predicted
  }

  /// A request has ended; each lease exactly once.
  public mutating func settle(_ lease: Lease, _ outcome: Outcome, at time: Int64) {
    advance(to: time)
    var final = Amounts.zero
    var requests: Int64 = 1
    switch outcome {
    case .completed(let amounts), .failed(let amounts): final = amounts.clamped
    case .throttled, .cancelled: requests = 0
    // Whether a request that found no room counts is not documented; the tokens come back.
    case .capacity: break
    }
    for index in gates.indices {
      let measure = gates[index].measure
      gates[index].end()
      guard lease.took(measure) else { continue }
      gates[index].settle(
        reserved: lease.reserved.of(measure), predicted: lease.predicted.of(measure),
        final: measure == .requestsPerMinute ? requests : final.of(measure), slot: lease.slot, at: now)
    }
    counts.outstanding &-= 1
    if lease.isCharged {
      let price = requests == 0 ? 0 : Self.price(final)
      queue.charge(price - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    if shadows != nil {
      let measure = shadows!.measure
      shadows!.settle(
        reserved: lease.reserved.of(measure), final: measure == .requestsPerMinute ? requests : final.of(measure),
        slot: lease.shadowSlot, at: now)
    }
    learn(lease, outcome)
  }

  @inline(__always)
  private mutating func learn(_ lease: Lease, _ outcome: Outcome) {
    switch outcome {
    case .completed(let amounts):
      counts.completed &+= 1
      shadows?.passed(against: lease.against)
      let (final, known) = (amounts.clamped, lease.known)
      predictor.learn(
        Amounts(
          tokens: max(0, final.tokens - known.tokens), inputTokens: max(0, final.inputTokens - known.inputTokens),
          outputTokens: max(0, final.outputTokens - known.outputTokens)), key: lease.key)
    case .throttled(let reason):
      counts.throttled &+= 1
      throttled(lease, reason)
    case .failed: counts.failed &+= 1
    case .capacity: counts.capacity &+= 1
    case .cancelled: counts.cancelled &+= 1
    }
  }

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
    if reason != .tokensPerDay, !gates.contains(where: { meant.contains($0.measure) }) { meant = perMinute }
    for index in gates.indices where meant.contains(gates[index].measure) {
      gates[index].refused(sentAt: lease.grantedAt, at: now)
    }
    guard shadows != nil, meant.contains(shadows!.measure) else { return }
    let measure = shadows!.measure
    if let window = shadows!.refused(lease.reserved.of(measure), at: now) {
      for index in gates.indices where gates[index].measure == measure { gates[index].set(window: window, at: now) }
    }
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
    let reserved = waiter.request.cost.reserved
    if let refusal = neverFits(reserved) { return refuse(id, refusal) }
    if holds(reserved, waiter.predicted) {
      // Out of the queue after the charge, so that what it was served counts.
      let lease = grant(waiter.request, waiter.predicted, tier: waiter.tier)
      _ = queue.remove(id)
      return .admit(id, lease)
    }
    if let wait = wait(for: waiter) { wakeAt = min(wakeAt ?? .max, now &+ max(wait, 1)) }
    return nil
  }

  private mutating func refuse(_ id: WaiterID, _ refusal: Refusal) -> Action {
    _ = queue.remove(id)
    counts.refused &+= 1
    return .refuse(id, refusal)
  }

  /// nil: only what others give back helps.
  private func wait(for waiter: Waiter) -> Int64? {
    var longest: Int64 = 0
    for gate in gates {
      let measure = gate.measure
      guard
        let wait = gate.wait(
          reserved: waiter.request.cost.reserved.of(measure), predicted: waiter.predicted.of(measure), at: now)
      else { return nil }
      longest = max(longest, wait)
    }
    // A rate that grows makes the wait shorter than it looks.
    return gates.contains { $0.learner?.isMoving == true } ? min(longest, 100_000_000) : longest
  }

  // MARK: - Changes

  /// Another value for a limit; one that was not kept before is kept from now on.
  public mutating func setLimit(_ measure: Measure, _ value: Int64, at time: Int64) {
    advance(to: time)
    if let index = gates.firstIndex(where: { $0.measure == measure }) {
      gates[index].set(limit: value, at: now)
    } else {
      gates.append(Gate(Limit(measure, value), configuration, inFlight: Int64(counts.outstanding), at: now))
    }
    if shadows?.measure == measure, let gate = gates.first(where: { $0.measure == measure }) {
      shadows?.set(limit: gate.limit, at: now)
    }
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
    for index in gates.indices { gates[index].advance(to: now) }
  }

  /// - Parameter time: nil: as of the last event.
  public func snapshot(at time: Int64? = nil) -> Snapshot {
    let now = max(now, time ?? now)
    return Snapshot(counts: counts, waiting: queue.count, isDraining: isDraining, meters: gates.map { $0.state(at: now) })
  }
}
