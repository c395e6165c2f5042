/// How requests in flight end, and what the limiter learns from it.
extension AdmissionState {
  /// Notes what a request has used so far. If that is more than the lease holds, the difference is debited too.
  package mutating func adjust(_ lease: inout Lease, used: Amounts, at time: Int64) {
    advance(to: time)
    let used = used.clamped
    let (reserved, predicted) = (lease.reserved.raised(to: used), lease.predicted.raised(to: used))
    guard reserved != lease.reserved || predicted != lease.predicted else { return }
    gates.raise(lease, reserved: reserved, predicted: predicted, at: now)
    shadows?.settle(lease, final: reserved, requests: 1, at: now)
    if lease.isCharged {
      queue.charge(Self.price(predicted) - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    let held = lease.reservedWithBurndown
    lease.reserved = reserved
    lease.predicted = predicted
    lease.reservedWithBurndown = held
    factor?.settle(held, to: lease.reservedWithBurndown, at: now)
  }

  /// The fast path: settles a completed request if nobody waits and it cost no more than it reserved.
  /// - Returns: false in any other case; then only the time has changed, and ``settle(_:_:at:)`` must be called.
  @inline(__always)
  mutating func settleAtOnce(_ lease: Lease, _ final: Amounts, at time: Int64) -> Bool {
    advance(to: time)
    guard isFast, !lease.isCharged, final.isWithin(lease.reserved), gates.settleAtOnce(lease, final, at: now) else {
      return false
    }
    counts.inFlight &-= 1
    counts.completed &+= 1
    predictor.learn(final, beyond: lease.known, key: lease.key)
    return true
  }

  /// A request has ended. Each lease must be settled exactly once.
  package mutating func settle(_ lease: Lease, _ outcome: Outcome, at time: Int64) {
    if case .completed(let final) = outcome.kind, settleAtOnce(lease, final, at: time) { return }
    advance(to: time)
    var final = Amounts.zero
    var requests: Int64 = 1
    switch outcome.kind {
    case .completed(let amounts), .outputExhausted(let amounts), .failed(let amounts): final = amounts.clamped
    case .throttled, .overflowed, .cancelled: requests = 0
    // AWS doesn't document whether a request that found no capacity counts as a request. We assume that it does.
    case .capacity: break
    }
    gates.settle(lease, final, requests: requests, at: now)
    counts.inFlight &-= 1
    if lease.isCharged {
      let price = requests == 0 ? 0 : Self.price(final)
      queue.charge(price - Self.price(lease.predicted), tier: Int(lease.tier), tenant: lease.tenant)
    }
    shadows?.settle(lease, final: final, requests: requests, at: now)
    factor?.settle(lease.reservedWithBurndown, to: final.tokens, at: now)
    learn(lease, outcome)
  }

  private mutating func learn(_ lease: Lease, _ outcome: Outcome) {
    switch outcome.kind {
    case .completed(let amounts):
      counts.completed &+= 1
      shadows?.accepted(contradicting: lease.contradicted)
      factor?.accepted(lease.room, takenAt: lease.grantedAt, at: now)
      predictor.learn(amounts.clamped, beyond: lease.known, key: lease.key)
    case .outputExhausted:
      counts.completed &+= 1
      shadows?.accepted(contradicting: lease.contradicted)
      // How long the reply would have been isn't known, so the predictor learns nothing.
      gates.throttled([.outputTokensPerMinute], sentAt: lease.grantedAt, at: now)
    case .throttled(let reason):
      counts.throttled &+= 1
      throttled(lease, reason)
    case .overflowed:
      counts.throttled &+= 1
      throttled(lease, .unknown)
    case .failed: counts.failed &+= 1
    case .capacity: counts.capacity &+= 1
    case .cancelled: counts.cancelled &+= 1
    }
    factor?.ended(lease.room, takenAt: lease.grantedAt)
  }

  @inline(never)
  private mutating func throttled(_ lease: Lease, _ reason: Outcome.Throttle) {
    let perMinute = Set(Measure.allCases.filter(\.isPerMinute))
    var meant: Set<Measure> =
      switch reason.kind {
      case .requests: [.requestsPerMinute]
      case .tokens: perMinute.subtracting([.requestsPerMinute])
      case .inputTokens: [.inputTokensPerMinute]
      case .tokensPerDay: [.tokensPerDay]
      case .unknown: perMinute
      }
    // The server enforces a limit that we weren't given. We apply the throttling to all limits per minute that we know.
    if reason != .tokensPerDay, !gates.contain(anyOf: meant) { meant = perMinute }
    if meant.contains(.tokensPerMinute), explains(lease) { return }
    gates.throttled(meant, sentAt: lease.grantedAt, at: now)
    guard let measure = shadows?.measure, meant.contains(measure) else { return }
    if let window = shadows?.throttled(lease.reserved.of(measure), at: now) { gates.set(measure, window: window, at: now) }
  }

  /// Whether the burndown explains that a request was throttled, so that it says nothing about the limit and its window.
  private mutating func explains(_ lease: Lease) -> Bool {
    factor?.throttled(lease.reservedWithBurndown, lease.room, takenAt: lease.grantedAt, at: now) ?? false
  }
}
