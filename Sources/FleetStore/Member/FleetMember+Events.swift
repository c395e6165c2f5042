import AdmissionControl

/// What happens to a member.
extension FleetMember {
  private static let millisecond: Int64 = 1_000_000
  private static let second: Int64 = 1_000_000_000
  /// How long a chunk can be used. Later it goes back, so that a process that was stopped sends nothing late.
  private static let chunkNanoseconds = second
  /// The same in a strict fleet, whose store has booked the chunk where it starts. Its window has 300 ms to spare.
  private static let chunkStrictNanoseconds = 200 * millisecond
  private static let retryMin = 50 * millisecond
  private static let retryMax = second
  /// The store forgets a silent member after ten minutes (`FleetTwin.forgetMilliseconds`).
  private static let forgottenAfter = 590 * second
  /// Refused requests ask this much later at most, as a share of the wait, so that they don't come all at once.
  private static let askJitter = 0.03

  /// The store has answered.
  /// - Parameter sequence: that of the sync. Answers to older ones change nothing: the store has been told since that the member
  ///   doesn't have what they grant.
  package mutating func answered(
    _ reply: SyncReply, to sequence: Int64, at now: Int64, using dice: inout some RandomNumberGenerator
  ) {
    guard let exchange, exchange.sequence == sequence else { return }
    // A process that was stopped finds an answer that is older than its timer. Its grants began long ago.
    guard case .answer(let answer) = reply, now &- exchange.sentAt <= exchange.timeout else {
      return failed(sequence, at: now, using: &dice)
    }
    self.exchange = nil
    failures = 0
    retryAt = .min
    roundTrips.answered(after: now &- exchange.sentAt)
    answered = (exchange.sentAt, now)
    if exchange.hasShare { shareAnswered = (exchange.flow, exchange.sentAt, now) }
    store = .reached
    if exchange.isThrottled { isThrottled = false }
    if epoch != 0, answer.epoch > epoch {
      // A new store has taken what was used without the old one for entered already, so that is told once more.
      books.forfeit(exchange.fallback &- flows[exchange.flow].reportedFallback)
    }
    acknowledge(exchange)
    if epoch != 0, answer.epoch != epoch {
      // A copy that is older than the store has the flow's record.
      if answer.epoch > epoch { startsAnew(exchange.flow) }
      forgotten(besides: exchange.flow)
    }
    announced = 0
    if configuration.isStrict {
      slots.answered(at: now)
      // A store that has lost everything has an empty window. So what is in it is entered again, as of now.
      if epoch != 0, answer.epoch != epoch { books.forfeit(slots.held(at: now)) }
    }
    levels = answer.levels
    lookAtDay(exchange, at: now)
    waitingMembers = answer.waiting
    epoch = answer.epoch
    share.answered(total: answer.total, members: answer.members, at: now)
    learner.answered(total: answer.total, rate: limits[0].rate)
    adopt(answer, at: now, using: &dice)
    endFallback()
    for (bundle, delay) in zip(exchange.bundles, answer.delays) {
      book(bundle, for: exchange.flow, after: delay, answer, at: now)
    }
    flows[exchange.flow].isQueued = answer.wait >= 0
    flows[exchange.flow].askAt =
      answer.wait < 0
      ? now : now &+ Int64(Double(answer.wait * Self.millisecond) * (1 + Self.askJitter * dice.unit()))
  }

  /// The store has booked what a sync said.
  private mutating func acknowledge(_ exchange: Exchange) {
    let flow = flows[exchange.flow]
    flows[exchange.flow].isConfirmed =
      exchange.bundles.isEmpty && exchange.owed == flow.acknowledged && exchange.fallback == flow.reportedFallback
    flows[exchange.flow].acknowledged = exchange.owed
    flows[exchange.flow].reportedFallback = exchange.fallback
    flows[exchange.flow].isUnsure = false
    flows[exchange.flow].hasJoined = !exchange.isLeaving
    if exchange.isLeaving { flows[exchange.flow].uncounted = Array(repeating: 0, count: limits.count) }
  }

  /// A new store has taken a flow's first sums for spent already. Of requests in flight that isn't so: it has all places free, and
  /// none of these requests counts. So they are told again, on top of those.
  private mutating func startsAnew(_ flow: Int) {
    guard flows[flow].hasJoined else { return }
    for meter in limits.indices where limits[meter].kind == .concurrency {
      flows[flow].uncounted[meter] += flows[flow].acknowledged[meter].reserved
      flows[flow].acknowledged[meter] = .zero
    }
  }

  /// The store has no records of flows any more, but of one that it has heard of since. The others must not tell it anything new at
  /// first.
  mutating func forgotten(besides known: Int?) {
    for flow in flows.indices where flow != known {
      flows[flow].hasJoined = false
      // Their requests in flight are forgotten too, so a flow that the store knows tells of them again.
      for meter in limits.indices where limits[meter].kind == .concurrency {
        flows[flow].acknowledged[meter] = .zero
        flows[flow].uncounted[meter] = 0
      }
    }
  }

  /// Whether the store may have forgotten this process, because it has not heard of it for almost ten minutes.
  func mayBeForgotten(at now: Int64) -> Bool {
    guard hasJoined, exchange == nil, let answered else { return false }
    return now &- answered.sentAt > Self.forgottenAfter
  }

  private mutating func book(
    _ bundle: [FleetAmount], for flow: Int, after delay: Int64, _ answer: SyncReply.Answer, at now: Int64
  ) {
    for (index, amount) in bundle.enumerated() {
      flows[flow].acknowledged[index] = flows[flow].acknowledged[index] + amount
    }
    share.granted(FleetBundles.cost(of: bundle, limits))
    let startsAt = now &+ delay * Self.millisecond
    if configuration.isStrict { slots.booked(bundle[0].reserved, startsAt: startsAt, sentAt: answer.now + delay) }
    // The answer of a member that ends comes too late to be used; the next sync, if there is one, gives it back.
    guard stopping == .no else { return }
    grants += chunks(bundle, startsAt: startsAt)
  }

  mutating func chunks(_ bundle: [FleetAmount], startsAt: Int64) -> [FleetGrant] {
    let expiresAt = startsAt &+ (configuration.isStrict ? Self.chunkStrictNanoseconds : Self.chunkNanoseconds)
    chunksEndAt = max(chunksEndAt, expiresAt)
    return zip(configuration.meters, bundle).map { meter, amount in
      FleetGrant(
        measure: meter.measure,
        chunk: PrepaidChunk(
          reserved: amount.reserved, predicted: amount.predicted, startsAt: startsAt, expiresAt: expiresAt))
    }
  }

  /// Takes the store's limits if they are newer.
  private mutating func adopt(_ answer: SyncReply.Answer, at now: Int64, using dice: inout some RandomNumberGenerator) {
    guard answer.version > version, answer.limits.count == limits.count else { return }
    version = answer.version
    for (index, limit) in answer.limits.enumerated() {
      limits[index].rate = limit.rate
      limits[index].capacity = limit.capacity
      limits[index].burst = limit.burst
    }
    learner.adopted(limits, version: version, at: now, using: &dice)
  }

  /// There was no answer: too late, no connection, or a store that can't.
  package mutating func failed(_ sequence: Int64, at now: Int64, using dice: inout some RandomNumberGenerator) {
    guard let exchange, exchange.sequence == sequence else { return }
    self.exchange = nil
    roundTrips.wasLost()
    if case .away = store {} else { store = .away(since: exchange.sentAt) }
    if ledger == nil {
      let pause = min(Self.retryMin << min(Int64(failures), 10), Self.retryMax)
      retryAt = now &+ Int64(Double(pause) * (0.5 + dice.unit()))
    } else {
      retryAt = now &+ Int64(Double(Self.second) * (0.5 + dice.unit()))
    }
    failures += 1
    guard exchange.isLeaving else {
      let flow = flows[exchange.flow]
      // What the store may have booked now is told again, by the same flow. A word that changed nothing needs no other.
      if !exchange.bundles.isEmpty || exchange.owed != flow.acknowledged || exchange.fallback != flow.reportedFallback {
        flows[exchange.flow].isUnsure = true
      }
      return
    }
    // The store may have the flow's word to leave or not. Then it forgets the flow by itself.
    flows[exchange.flow].isUnsure = false
    flows[exchange.flow].hasJoined = false
    // Nobody listens: the others needn't say it too.
    if stopping != .no, failures > 1 { forgotten(besides: exchange.flow) }
  }

  /// Limits were read from the service. The newest of the fleet hold.
  /// - Parameter time: when they were read, in ms since 1970.
  package mutating func discovered(_ meters: [FleetMemberConfiguration.Meter], at time: Int64) {
    let new = FleetLearner.version(discoveredAt: time)
    guard new > version, meters.map(\.measure) == configuration.meters.map(\.measure) else { return }
    version = new
    limits = meters.map(\.limit)
    learner.discovered(limits)
  }

  /// The service has throttled a request that the limits had room for.
  /// - Parameter sentAt: when it was sent.
  package mutating func throttled(sentAt: Int64, at now: Int64, using dice: inout some RandomNumberGenerator) {
    guard configuration.learnsLimits, learner.throttled(sentAt: sentAt, at: now) else { return }
    isThrottled = true
    propose(using: &dice)
  }

  mutating func propose(using dice: inout some RandomNumberGenerator) {
    limits = learner.limits
    // Limits that have reached the quotas again are no longer learnt, so their version is even.
    version = learner.isLowered ? FleetLearner.next(after: version, &dice) : version + version % 2
  }

  /// The process is about to end: the chunks go back, and the member leaves.
  package mutating func stop() { if stopping == .no { stopping = .asked } }
}

extension RandomNumberGenerator {
  /// From 0 up to, but not including, 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
