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
    if configuration.isStrict || (levels.first.map { $0 < limits[0].capacity / 4 } ?? false) { return true }
    for index in limits.indices where limits[index].kind == .concurrency && index < levels.count {
      if levels[index] < (limits[index].capacity + 3) / 4 { return true }
    }
    return false
  }

  /// The next sync; nil: none, unless something happens. Nobody has to ask for it before its time, but to look again then.
  /// - Parameter waiting: the flows that have requests which wait.
  func nextTurn(
    _ limiter: borrowing some FleetLimiter, _ demand: (waiting: Int, inFlight: Int), _ waiting: TierSet, at now: Int64
  ) -> FleetTurn? {
    guard stopping == .no else { return FleetTurn(at: max(now, retryAt), flow: leavingFlow) }
    // What a strict process may use in an outage, the store keeps for this flow, or has been told by it.
    if configuration.isStrict, flows.count > 1, case .away = store, let sharingFlow, flows[sharingFlow].hasJoined {
      return FleetTurn(at: retryAt, flow: sharingFlow)
    }
    let settling = settlingFlow(waiting)
    guard ledger == nil else { return FleetTurn(at: retryAt, flow: settling) }
    var turn = waiting.isEmpty ? nil : nextAsking(limiter, waiting, at: now)
    if let at = settlingAt(demand, at: now) { turn = FleetTurn.first(turn, FleetTurn(at: at, flow: settling)) }
    if hasJoined, demand.waiting == 0, demand.inFlight == 0, !isChanged, let activeAt {
      turn = FleetTurn.first(turn, FleetTurn(at: activeAt &+ Self.idleMax, flow: leavingFlow))
    }
    if flows.count > 1 { turn = FleetTurn.first(turn, nextOfOne(waiting)) }
    return turn.map { FleetTurn(at: max($0.at, retryAt), flow: $0.flow) }
  }

  /// The next flow that asks for its requests. Of several whose time has come, the one that was heard of longest ago is the first.
  private func nextAsking(
    _ limiter: borrowing some FleetLimiter, _ waiting: TierSet, at now: Int64
  ) -> FleetTurn? {
    var turn: FleetTurn?
    var open = TierSet()
    for flow in flows.indices where waiting.contains(flow) {
      if flows[flow].askAt > now {
        turn = FleetTurn.first(turn, FleetTurn(at: flows[flow].askAt, flow: flow))
      } else {
        open.insert(flow)
      }
    }
    guard let covered = open.first else { return turn }
    let uncovered = uncoveredFlows(limiter)
    var next: Int?
    for flow in flows.indices where open.contains(flow) && uncovered.contains(flow) {
      if next.map({ flows[flow].syncedAt < flows[$0].syncedAt }) ?? true { next = flow }
    }
    if let next { return FleetTurn(at: now, flow: next) }
    // The chunks cover all of them, unless one expires before its turn. Or requests in flight have to end first.
    return FleetTurn.first(turn, FleetTurn(at: chunksEndAt > now ? chunksEndAt : now &+ Self.flushTight, flow: covered))
  }

  /// When the store has to be told something that any flow can tell.
  private func settlingAt(_ demand: (waiting: Int, inFlight: Int), at now: Int64) -> Int64? {
    // A member that begins asks whether the store is there.
    if isThrottled || day.isOpen || answered == nil { return now }
    var due: Int64?
    let flush = isTight ? Self.flushTight : Self.flush
    let isChanged = isChanged
    if isChanged, demand.waiting == 0 || isTight || hasMuchToGiveBack {
      due = syncedAt &+ flush
    } else if demand.inFlight > 0 {
      // Requests end without a word, so somebody has to look.
      due = now &+ flush
    }
    // What nobody needed any more goes back when it expires.
    if demand.waiting == 0, chunksEndAt > now { due = earliest(due, chunksEndAt) }
    if demand.waiting > 0 || demand.inFlight > 0 || isChanged {
      due = earliest(due, syncedAt &+ Self.heartbeat)
      due = earliest(due, learner.stepAt(version: version))
    } else if hasJoined, configuration.isStrict {
      // A strict fleet keeps the share of a silent member for it, so an idle one says that it is there.
      due = earliest(due, syncedAt &+ Self.heartbeat)
    }
    return due
  }

  /// What only one of several flows can do: tell its sums again after a lost answer, say that the one is there whose share the store keeps, tell again what a replica may lack
  /// and that its requests are in flight, leave the queue, and leave when its tier is idle.
  private func nextOfOne(_ waiting: TierSet) -> FleetTurn? {
    var turn: FleetTurn?
    // Until it has told its sums again, the others can't tell what has changed.
    for flow in flows.indices where flows[flow].isUnsure {
      turn = FleetTurn.first(turn, FleetTurn(at: flows[flow].syncedAt &+ Self.flushTight, flow: flow))
    }
    for flow in flows.indices where flows[flow].hasJoined {
      let isKept = configuration.isStrict && flow == sharingFlow
      let hasNews = !flows[flow].isConfirmed || holdsPlaces(flow)
      if isKept || (hasNews && mayLeave(flow) && !waiting.contains(flow)) {
        turn = FleetTurn.first(turn, FleetTurn(at: flows[flow].syncedAt &+ Self.heartbeat, flow: flow))
      }
      // Its requests went with the chunks of another tier, and its ticket would hold up others.
      if flows[flow].isQueued, !waiting.contains(flow) {
        turn = FleetTurn.first(turn, FleetTurn(at: flows[flow].askAt, flow: flow))
      }
      if mayLeave(flow), !waiting.contains(flow), !holdsPlaces(flow) {
        turn = FleetTurn.first(turn, FleetTurn(at: flows[flow].activeAt &+ Self.idleMax, flow: flow))
      }
    }
    return turn
  }

  /// Whether a flow's next sync is its last, because it has had nothing to do for so long.
  private func leaves(_ flow: Int, _ demand: (waiting: Int, inFlight: Int), _ waiting: TierSet, at now: Int64) -> Bool {
    guard stopping == .no else { return true }
    guard ledger == nil, !waiting.contains(flow) else { return false }
    let isIdle = demand.waiting == 0 && demand.inFlight == 0 && !isChanged
    if isIdle, now >= (activeAt ?? now) &+ Self.idleMax { return true }
    // Nobody knows yet in which tier requests will come, so the first sync leaves no record.
    if flows.count > 1, isIdle, !flows[flow].hasJoined { return true }
    return mayLeave(flow) && !flows[flow].isUnsure && !holdsPlaces(flow) && now >= flows[flow].activeAt &+ Self.idleMax
  }

  mutating func makeRequest(
    _ limiter: borrowing some FleetLimiter, _ demand: (waiting: Int, inFlight: Int), _ waiting: TierSet, by flow: Int,
    at now: Int64, using dice: inout some RandomNumberGenerator
  ) -> SyncRequest {
    if configuration.learnsLimits, learner.step(version: version, at: now) { propose(using: &dice) }
    announce(limiter)
    let isLeaving = leaves(flow, demand, waiting, at: now)
    let told = told(by: flow, isLeaving: isLeaving)
    if !isLeaving, sharingFlow.map({ !flows[$0].hasJoined }) ?? true { sharingFlow = flow }
    sequence += 1
    var request = SyncRequest(
      member: flows[flow].name, sequence: sequence,
      meters: limits.indices.map { index in
        var owed = told.owed[index]
        owed.reserved += flows[flow].uncounted[index]
        return SyncRequest.Meter(limits[index], owed: owed, hintLevel: index < levels.count ? levels[index] : 0)
      })
    request.weight = flows[flow].weight
    request.horizon = roundTrips.horizon(atLeast: flows[flow].horizonMin)
    request.isStrict = configuration.isStrict
    request.isThrottled = isThrottled
    request.version = version
    request.fallback = told.fallback
    request.share = flow == sharingFlow ? Int64(fraction * Double(FleetBounds.shareMax)) : 0
    request.hintEpoch = epoch
    request.isLeaving = isLeaving
    if !isLeaving, ledger == nil, waiting.contains(flow) {
      // A sync without bundles would cost the flow its place in the queue. So one that only settles repeats them.
      request.bundles = FleetBundles(uncovered(limiter, of: flow), configuration.meters, limits: limits).bundles
    }
    if configuration.isStrict {
      if told.isAll {
        request.credits = slots.credits(
          flows[flow].acknowledged[0].reserved - told.owed[0].reserved,
          inFlight: limiter.reservedInFlight(configuration.meters[0].measure))
      } else {
        slots.creditsNothing()
      }
    }
    exchange = Exchange(
      flow: flow, sequence: sequence, sentAt: now, owed: told.owed, bundles: request.bundles, fallback: told.fallback,
      isLeaving: isLeaving, isAll: told.isAll, isThrottled: request.isThrottled, hasShare: flow == sharingFlow,
      timeout: roundTrips.timeout)
    syncedAt = now
    flows[flow].syncedAt = now
    if !flows[flow].hasJoined { flows[flow].activeAt = max(flows[flow].activeAt, now) }
    lastFlow = flow
    return request
  }
}
