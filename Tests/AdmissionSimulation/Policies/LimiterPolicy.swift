package import AdmissionControl

/// Our limiter: its state machine, and the audit that watches it.
package struct LimiterPolicy: Policy {
  private enum Place {
    case nowhere
    case waiting(WaiterID)
    case out(Lease)
  }

  private static let attemptsMax = 5
  var state: AdmissionState
  private(set) var audit: Audit?
  private var places: [Place] = []
  private var callOfWaiter: [WaiterID: CallID] = [:]
  private var random: Random
  /// A lease of another limiter, for advancing the time without any other effect.
  private var blank: Lease?

  /// - Parameters:
  ///   - isForetold: whether requests come with a prediction of their final costs.
  ///   - tiers: how many priorities requests have; `tenants`: how many tenants.
  package init(
    _ configuration: LimiterConfiguration, isAudited: Bool, isForetold: Bool = false, tiers: Int = 1, tenants: Int = 1,
    seed: UInt64 = 0
  ) {
    state = AdmissionState(configuration, at: 0)
    random = Random(seed: seed)
    guard isAudited else { return }
    audit = Audit(configuration, isForetold: isForetold, tiers: tiers, tenants: tenants, seed: seed, at: 0)
    var other = AdmissionState(LimiterConfiguration(limits: []), at: 0)
    if case .admitted(let lease) = other.arrive(Request(cost: Cost(reserved: Amounts())), at: 0) { blank = lease }
  }

  package var violation: String? { audit?.violation }
  package var wakeAt: Int64? { state.wakeAt }

  package var gauge: PolicyGauge {
    let snapshot = state.snapshot()
    let meter = snapshot.meters.first { $0.measure != .requestsPerMinute } ?? snapshot.meters.first
    return PolicyGauge(
      scale: snapshot.meters.map(\.scale).min() ?? 1, available: meter?.available ?? 0, waiting: snapshot.waiting,
      isStrict: meter?.isStrict ?? false)
  }

  /// Advances the limiter and the audit to a time. A scale that moves does so before anything else happens then.
  private mutating func move(to now: Int64) {
    guard audit != nil, var lease = blank else { return }
    if let wake = state.wakeAt, now > wake { audit!.isLate() }
    state.adjust(&lease, used: Amounts(), at: now)
    audit!.move(to: now)
    if audit!.hasScale { audit!.compare(state.snapshot(at: now)) }
  }

  private mutating func place(_ id: CallID, _ place: Place) {
    while places.count <= id { places.append(.nowhere) }
    places[id] = place
  }

  package mutating func arrive(_ id: CallID, _ ask: Ask, at now: Int64) -> Verdict {
    move(to: now)
    let request = Request(
      cost: ask.cost, deadline: ask.deadline, priority: ask.priority, tenant: ask.tenant, isRetry: ask.isRetry)
    switch state.arrive(request, at: now) {
    case .admitted(let lease):
      audit?.grants(id, ask)
      audit?.compare(state.snapshot(at: now))
      place(id, .out(lease))
      return .send
    case .waiting(let waiter, _):
      audit?.waits(id, ask)
      audit?.compare(state.snapshot(at: now))
      callOfWaiter[waiter] = id
      place(id, .waiting(waiter))
      return .wait
    case .refused(let refusal):
      audit?.refuses(ask, refusal)
      audit?.compare(state.snapshot(at: now))
      return .drop(refusal)
    }
  }

  package mutating func next(at now: Int64) -> Step? {
    move(to: now)
    guard let action = state.next(at: now) else {
      audit?.quiet(&state, state.snapshot(at: now))
      return nil
    }
    switch action {
    case .admit(let waiter, let lease):
      let id = callOfWaiter.removeValue(forKey: waiter)!
      audit?.admits(id)
      audit?.compare(state.snapshot(at: now))
      place(id, .out(lease))
      return .send(id)
    case .refuse(let waiter, let refusal):
      let id = callOfWaiter.removeValue(forKey: waiter)!
      audit?.refusesWaiter(id, refusal)
      audit?.compare(state.snapshot(at: now))
      place(id, .nowhere)
      return .drop(id)
    }
  }

  package mutating func giveUp(_ id: CallID, at now: Int64) {
    guard case .waiting(let waiter) = places[id] else { return }
    move(to: now)
    let was = state.cancel(waiter, at: now)
    let isAgain = state.cancel(waiter, at: now)
    audit?.cancels(id, was: was, isAgain: isAgain)
    audit?.compare(state.snapshot(at: now))
    callOfWaiter[waiter] = nil
    place(id, .nowhere)
  }

  package mutating func progress(_ id: CallID, used: Amounts, at now: Int64) {
    guard case .out(var lease) = places[id] else { return }
    move(to: now)
    state.adjust(&lease, used: used, at: now)
    audit?.adjusts(id, used: used)
    audit?.compare(state.snapshot(at: now))
    places[id] = .out(lease)
  }

  package mutating func ended(_ id: CallID, _ ask: Ask, _ reply: Reply, at now: Int64) -> Sequel {
    switch reply {
    case .completed(let used): settle(id, .completed(used), at: now)
    case .broken(let used), .unknown(let used): settle(id, .failed(used: used), at: now)
    case .unsent: settle(id, .cancelled, at: now)
    case .throttled(let reason):
      settle(id, .throttled(reason), at: now)
      // Back into the queue; a retry has no timer of its own.
      return ask.attempts < Self.attemptsMax && reason != .tokensPerDay ? .again(after: 0) : .over
    case .capacity:
      settle(id, .capacity, at: now)
      return ask.attempts < Self.attemptsMax
        ? .again(after: 1 + JitteredRetry.delay(afterAttempt: ask.attempts, &random)) : .over
    }
    return .over
  }

  private mutating func settle(_ id: CallID, _ outcome: Outcome, at now: Int64) {
    guard case .out(let lease) = places[id] else { return }
    move(to: now)
    state.settle(lease, outcome, at: now)
    places[id] = .nowhere
    guard audit != nil else { return }
    audit!.settles(id, outcome)
    var mayLower = false
    if case .throttled = outcome.kind { mayLower = true }
    audit!.compare(state.snapshot(at: now), mayLower: mayLower)
  }

  package mutating func told(_ limit: Limit, at now: Int64) {
    move(to: now)
    state.setLimit(limit.measure, limit.value, at: now)
    audit?.told(limit, state.snapshot(at: now))
    audit?.compare(state.snapshot(at: now))
  }

  package mutating func close(at now: Int64) {
    guard audit?.random.chance(0.5) == true else { return }
    move(to: now)
    state.drain(at: now)
    audit!.isDraining = true
  }

  package mutating func rest(at now: Int64) {
    move(to: now)
    audit?.rest(&state)
  }
}
