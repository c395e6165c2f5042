import AdmissionControl

/// When a member asks the store, and what.
extension FleetMember {
  private static let millisecond: Int64 = 1_000_000
  private static let second: Int64 = 1_000_000_000
  /// How long what came back may wait for a sync.
  private static let flush = second
  /// The same where others need it: the window or the level binds.
  private static let flushTight = 250 * millisecond
  private static let heartbeat = 5 * second
  private static let idleMax = 60 * second

  /// Whether what this member gives back lets others go.
  private var isTight: Bool {
    configuration.isStrict || (levels.first.map { $0 < limits[0].capacity / 4 } ?? false)
  }

  /// When the next sync is due; nil: never, unless something happens.
  func dueAt(_ limiter: borrowing some FleetLimiter, _ demand: (waiting: Int, inFlight: Int), at now: Int64) -> Int64? {
    guard stopping == .no else { return max(now, retryAt) }
    var due: Int64?
    let flush = isTight ? Self.flushTight : Self.flush
    if demand.waiting == 0 || isTight {
      if isChanged {
        due = syncedAt &+ flush
      } else if demand.inFlight > 0 {
        // Requests end without a word, so somebody has to look.
        due = now &+ flush
      }
    }
    // What nobody needed any more goes back when it expires.
    if demand.waiting == 0, chunksEndAt > now { due = earliest(due, chunksEndAt) }
    if demand.waiting > 0, ledger == nil {
      if askAt > now {
        due = earliest(due, askAt)
      } else if limiter.uncovered(1).isEmpty {
        // The chunks cover all of them, unless one expires before its turn. Or requests in flight have to end first.
        due = earliest(due, chunksEndAt > now ? chunksEndAt : now &+ Self.flushTight)
      } else {
        due = now
      }
    }
    if demand.waiting > 0 || demand.inFlight > 0 || isChanged {
      due = earliest(due, syncedAt &+ Self.heartbeat)
      due = earliest(due, learner.stepAt(version: version))
    } else if hasJoined {
      // A strict fleet keeps the share of a silent member for it, so an idle one says that it is there.
      due = earliest(due, activeAt.map { $0 &+ Self.idleMax }, configuration.isStrict ? syncedAt &+ Self.heartbeat : nil)
    }
    // A member that begins asks whether the store is there.
    if isThrottled || answered == nil { due = now }
    if ledger != nil { due = retryAt }
    return due.map { max($0, retryAt) }
  }

  /// Whether the member has had nothing to do for so long that it leaves.
  private func isIdle(_ demand: (waiting: Int, inFlight: Int), at now: Int64) -> Bool {
    demand.waiting == 0 && demand.inFlight == 0 && !isChanged && ledger == nil && now >= (activeAt ?? now) &+ Self.idleMax
  }

  mutating func makeRequest(
    _ limiter: borrowing some FleetLimiter, _ demand: (waiting: Int, inFlight: Int), at now: Int64,
    using dice: inout some RandomNumberGenerator
  ) -> SyncRequest {
    if configuration.learnsLimits, learner.step(version: version, at: now) { propose(using: &dice) }
    let owed = books.owed
    sequence += 1
    var request = SyncRequest(
      member: configuration.name, sequence: sequence,
      meters: limits.indices.map { index in
        SyncRequest.Meter(limits[index], owed: owed[index], hintLevel: index < levels.count ? levels[index] : 0)
      })
    request.weight = configuration.weight
    request.horizon = roundTrips.horizon(atLeast: configuration.horizonMin)
    request.isStrict = configuration.isStrict
    request.isThrottled = isThrottled
    request.version = version
    announce(limiter)
    request.fallback = books.fallback
    request.share = Int64(fraction * Double(FleetBounds.shareMax))
    request.hintEpoch = epoch
    if stopping != .no || isIdle(demand, at: now) {
      request.isLeaving = true
    } else if ledger == nil, demand.waiting > 0 {
      // A sync without bundles would cost the member its place in the queue. So one that only settles repeats them.
      request.bundles = FleetBundles(limiter.uncovered(FleetBundles.requestsMax), configuration.meters, limits: limits).bundles
    }
    if configuration.isStrict {
      request.credits = slots.credits(
        acknowledged[0].reserved - owed[0].reserved, inFlight: limiter.reservedInFlight(configuration.meters[0].measure))
    }
    exchange = Exchange(
      sequence: sequence, sentAt: now, owed: owed, bundles: request.bundles, fallback: request.fallback,
      isLeaving: request.isLeaving, isThrottled: request.isThrottled, timeout: roundTrips.timeout)
    syncedAt = now
    return request
  }
}
