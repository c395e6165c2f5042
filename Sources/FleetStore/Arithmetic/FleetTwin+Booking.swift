extension FleetTwin {
  /// What a sync was granted.
  struct Booking {
    /// Milliseconds from now to the start of each granted bundle.
    var delays: [Int64] = []
    /// Milliseconds after which to ask for the others; -1 if there are none.
    var wait: Int64 = -1
  }

  /// What stands before a member in the queue.
  private struct Ahead {
    /// Units, for each meter.
    var reserved: [Int64]
    /// Microseconds of the quota.
    var cost: Int64 = 0
  }

  /// Waits of more than this are announced shorter, since something may change, in ms.
  private static let waitPlain: Int64 = 2_000
  private static let waitMax: Int64 = 10_000
  /// Members before another one that are taken by their own word.
  private static let namedMembers = 4
  /// The least that a member gets at once while others wait, in microseconds of the quota.
  private static let quantumMin: Int64 = 100_000

  /// Books bundles until one doesn't fit, or others should have their turn; gives the member a ticket for the rest.
  mutating func book(_ request: SyncRequest, at now: Int64, _ state: inout FleetState) -> Booking {
    let name = request.member
    var record = members[name] ?? FleetRecord(meters: state.meters.count)
    let tag = queue.tag(of: name) ?? max(state.virtualTime, record.tag)
    queue.set(name, tag: tag)
    var ahead = ahead(of: name, tag: tag, state)
    let limit = strictLimit(request, at: now, state)
    let others = Int64(queue.count) - 1
    let quantum =
      others == 0 ? request.horizon * 1_000 : max(Self.quantumMin, request.horizon * 1_000 / (others + 1))
    var booking = Booking()
    var spent: Int64 = 0
    for bundle in request.bundles {
      let need = wait(for: bundle, behind: ahead, request.horizon, limit, state)
      if need > 0 {
        booking.wait = need
        break
      }
      if !booking.delays.isEmpty, spent >= quantum {
        booking.wait = 0
        break
      }
      let delay = state.delay(of: bundle)
      let cost = state.cost(of: bundle)
      state.book(bundle, cost: cost, isFirst: booking.delays.isEmpty)
      for (index, amount) in bundle.enumerated() { record.add(amount, to: index, of: state.meters[index].limit.kind) }
      // A reservation counts where it will be sent.
      if request.isStrict { window.add(bundle[0].reserved, to: (now + delay) / FleetWindow.slotMilliseconds, &state) }
      spent += cost
      booking.delays.append(delay)
    }
    let granted = booking.delays.count
    if granted > 0 {
      state.virtualTime = max(state.virtualTime, tag)
      record.tag = min(tag + spent * 100 / request.weight, FleetBounds.integerMax)
      state.total = min(state.total + spent, FleetBounds.integerMax)
    }
    if granted == request.bundles.count {
      queue.remove(name)
    } else {
      let next = request.bundles[granted]
      if granted > 0 {
        queue.set(name, tag: record.tag)
        if booking.wait == 0 {
          ahead = self.ahead(of: name, tag: record.tag, state)
          booking.wait = wait(for: next, behind: ahead, request.horizon, limit, state)
        }
      }
      booking.wait = Self.announced(booking.wait)
      record.due = now + booking.wait + Self.graceMilliseconds
      record.nextReserved = next.map(\.reserved)
      record.nextCost = state.cost(of: next)
    }
    members[name] = record
    return booking
  }

  private static func announced(_ wait: Int64) -> Int64 {
    let wait = max(wait, 2)
    return wait > waitPlain ? min(waitPlain + (wait - waitPlain) / 2, waitMax) : wait
  }

  /// The first meter's limit less what silent members may be using by themselves; nil if the fleet isn't strict.
  private func strictLimit(_ request: SyncRequest, at now: Int64, _ state: FleetState) -> Int64? {
    guard request.isStrict else { return nil }
    let rate = state.meters[0].limit.rate
    return rate - rate * silentShare(at: now) / FleetBounds.shareMax
  }

  /// Adds up what waits before a place: the first members by what they asked for, the others as usual.
  ///
  /// So small requests never overtake a large one for ever.
  private func ahead(of name: String, tag: Int64, _ state: FleetState) -> Ahead {
    let rank = queue.rank(of: FleetQueue.Ticket(tag: tag, name: name))
    var ahead = Ahead(reserved: Array(repeating: 0, count: state.meters.count))
    for ticket in queue.tickets.prefix(min(rank, Self.namedMembers)) {
      guard let record = members[ticket.name] else { continue }
      ahead.cost += record.nextCost
      for (index, units) in record.nextReserved.enumerated() { ahead.reserved[index] += units }
    }
    guard rank > Self.namedMembers else { return ahead }
    let others = Int64(rank - Self.namedMembers)
    ahead.cost += min(others * state.usualCost, FleetBounds.aheadMax)
    for (index, meter) in state.meters.enumerated() {
      ahead.reserved[index] += min(others * meter.usualReserved, FleetBounds.aheadMax)
    }
    return ahead
  }

  /// Milliseconds until a bundle may be booked, if nothing else happens; 0: now.
  private func wait(
    for bundle: [FleetAmount], behind ahead: Ahead, _ horizon: Int64, _ limit: Int64?, _ state: FleetState
  ) -> Int64 {
    var wait: Int64 = 0
    for (index, amount) in bundle.enumerated() {
      let meter = state.meters[index]
      wait = max(wait, meter.wait(for: amount.reserved, ahead: ahead.reserved[index]))
      guard meter.limit.kind == .minute, amount.predicted > 0 else { continue }
      // It starts when it is paid for, which must not lie beyond the horizon.
      let late = ahead.cost + meter.start(of: amount.predicted) - horizon * 1_000
      if late > 0 { wait = max(wait, (late + 999) / 1_000) }
    }
    if let limit {
      let lack = state.windowSum + ahead.reserved[0] + bundle[0].reserved - limit
      if lack > 0 { wait = max(wait, window.wait(toLose: lack, newest: state.newestSlot)) }
    }
    return wait
  }
}

extension FleetRecord {
  /// Adds a grant to what the member owes.
  fileprivate mutating func add(_ amount: FleetAmount, to index: Int, of kind: FleetLimit.Kind) {
    owed[index].reserved = min(owed[index].reserved + amount.reserved, FleetBounds.recordedMax)
    guard kind == .minute else { return }
    owed[index].predicted = min(owed[index].predicted + amount.predicted, FleetBounds.recordedMax)
  }
}
