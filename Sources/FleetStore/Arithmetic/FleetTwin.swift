/// What a server keeps of one scope, and the arithmetic of its script, as a value: docs/design/fleet.md.
///
/// Scripts and this type agree bit for bit; the program fleet-parity compares every reply. The five properties are the five keys of
/// a server, each of which may be lost alone.
package struct FleetTwin: Sendable, Equatable {
  /// Nil if the scope is not known; then the other keys don't count.
  var state: FleetState?
  var members: [String: FleetRecord] = [:]
  var queue = FleetQueue()
  /// When each member was heard of last, in ms since 1970.
  var seen: [String: Int64] = [:]
  var window = FleetWindow()

  package init() {}

  /// Milliseconds in which a member counts as alive.
  static let aliveMilliseconds: Int64 = 15_000
  /// Milliseconds after which a silent member is forgotten.
  static let forgetMilliseconds: Int64 = 600_000
  /// Milliseconds by which a member may ask later than it was told to.
  static let graceMilliseconds: Int64 = 1_000
  /// Milliseconds for which a new store believes members that saw lower levels.
  static let learningMilliseconds: Int64 = 30_000
  /// No member is told to come back this much later. A ticket that says so was written before the clock stepped back.
  static let dueMaxMilliseconds: Int64 = 60_000
  /// The most that is kept for silent members, in millionths of the limit.
  static let silentShareMax: Int64 = 900_000

  /// The store's one operation.
  /// - Parameter now: the store's clock, in ms since 1970.
  /// - Throws: ``FleetStoreError`` (`request`, `meters`); then nothing has changed.
  package mutating func sync(_ request: SyncRequest, at now: Int64) throws(FleetStoreError) -> SyncReply {
    let request = try request.bounded()
    let now = now.bounded(0, FleetBounds.timeMax)
    var record: FleetRecord?
    var state: FleetState
    if let known = self.state {
      record = members[request.member]
      if let record, request.sequence <= record.sequence { return .duplicate(epoch: known.epoch, now: now) }
      try known.check(request)
      state = known
      // By the old limits first: time before a throttle refills nothing after it.
      for index in state.meters.indices { state.meters[index].refill(at: now) }
      state.adopt(request)
    } else {
      self = FleetTwin()
      state = FleetState(request, at: now)
    }
    if request.isStrict { window.advance(to: now, &state) }
    // The key alone was lost: every member counts as heard of now, so that none is kept for ever.
    if seen.isEmpty { seen = members.mapValues { _ in now } }
    var changed = settle(record, request, at: now, &state)
    changed.sequence = request.sequence
    changed.weight = request.weight
    changed.share = request.share
    members[request.member] = changed
    seen[request.member] = now
    expire(at: now, &state)
    var booking = Booking()
    if request.isLeaving {
      remove(request.member)
    } else if request.bundles.isEmpty {
      queue.remove(request.member)
    } else {
      booking = book(request, at: now, &state)
    }
    self.state = state
    return .answer(reply(to: request, booking, state, at: now))
  }

  private func reply(
    to request: SyncRequest, _ booking: Booking, _ state: FleetState, at now: Int64
  ) -> SyncReply.Answer {
    let limits = state.meters.map(\.limit).map { SyncReply.Limit(rate: $0.rate, capacity: $0.capacity, burst: $0.burst) }
    return SyncReply.Answer(
      epoch: state.epoch, now: now, delays: booking.delays, wait: booking.wait,
      members: Int64(seen.values.count { $0 >= now - Self.aliveMilliseconds }), waiting: Int64(queue.count), total: state.total,
      slot: request.isStrict ? state.newestSlot : 0, version: state.version, levels: state.meters.map(\.level),
      limits: request.version == state.version ? [] : limits)
  }

  /// Removes what is stored of a member. What it owes stays spent.
  mutating func remove(_ name: String) {
    queue.remove(name)
    seen[name] = nil
    members[name] = nil
  }
}
