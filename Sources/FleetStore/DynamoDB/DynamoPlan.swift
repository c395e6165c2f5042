/// What one sync does to a scope's item, if the item is about as it was seen.
///
/// The order is that of ``FleetTwin``: refill, new limits, settling, what was used without the store, bundles.
struct DynamoPlan: Sendable {
  let item: DynamoItem
  let now: Int64
  private let guess: Guess
  let request: SyncRequest
  /// The limits that hold after it.
  let limits: [FleetLimit]
  let adopts: Bool
  private(set) var levels: [LevelPlan]
  private(set) var pacers: [LevelPlan]
  private(set) var granted = 0
  /// Microseconds of the quota that the granted bundles cost.
  private(set) var cost: Int64 = 0

  /// - Parameters:
  ///   - known: what the item holds for the member; nil if it doesn't know it. Then the member's sums are taken as they are.
  ///   - guess: what isn't in the item.
  init(_ item: DynamoItem, _ request: SyncRequest, known: DynamoRecord?, _ guess: Guess, at now: Int64) {
    self.guess = guess
    self.item = item
    self.now = now
    self.request = request
    adopts = request.version > item.version
    limits = adopts ? request.meters.map(\.limit) : item.limits
    levels = []
    pacers = []
    for (index, old) in item.limits.enumerated() {
      let guessed = old.kind == .minute ? Int128(old.rate) * Int128(guess.taken) / 60_000_000 : 0
      let refill = item.refill(index, at: now) - guessed
      var level = LevelPlan(refill - item.taken[index].level)
      var pacer = LevelPlan(refill - item.taken[index].pacer)
      // A member whose clock was far ahead has left a debt that is none.
      bound(&level, &pacer, old)
      if adopts {
        level.add(Int128(limits[index].capacity) - Int128(old.capacity))
        pacer.lower(to: Int128(limits[index].burst))
        if request.isThrottled, old.kind == .minute { level.lower(to: -Int128(limits[index].rate / 60)) }
      }
      levels.append(level)
      pacers.append(pacer)
    }
    if let known { settle(known) } else { believe() }
  }

  /// Debt ends at −2 · capacity, so that a member that is out of its mind blocks the others for three minutes at most.
  /// - Parameter untold: what others probably have back, in units; it isn't to come back twice.
  private func bound(_ level: inout LevelPlan, _ pacer: inout LevelPlan, _ limit: FleetLimit, untold: Int128 = 0) {
    pacer.lower(to: Int128(limit.burst), slack: guess.isContended ? Int128(limit.burst) / Guess.slackParts : 0)
    pacer.raise(to: -2 * Int128(limit.rate))
    let top = DynamoItem.top(limit, pacer: pacer.level, ratio: guess.ratio)
    level.lower(to: max(top - untold, 0), slack: guess.slack(limit))
    level.raise(to: -2 * Int128(limit.capacity))
  }

  private mutating func settle(_ known: DynamoRecord) {
    for (index, meter) in request.meters.enumerated() {
      let back = Int128(known.owed[index].reserved) - Int128(meter.owed.reserved)
      levels[index].add(back)
      pacers[index].add(Int128(known.owed[index].predicted) - Int128(meter.owed.predicted))
      let untold =
        limits[index].kind == .minute
        ? min(max(back, 0) / 2 * Int128(guess.others), Int128(limits[index].capacity) / Guess.untoldParts) : 0
      bound(&levels[index], &pacers[index], limits[index], untold: untold)
    }
    let more = Int128(request.fallback) - Int128(known.fallback)
    if more < 0 {
      levels[0].add(-more)
      levels[0].lower(to: DynamoItem.top(limits[0], pacer: pacers[0].level, ratio: guess.ratio))
    } else if more > 0 {
      // It never makes a debt, since the service has shown that it had room.
      if levels[0].level > 0 {
        levels[0].assume(atLeast: 1)
        levels[0].add(-more)
        levels[0].raise(to: 0)
      } else {
        levels[0].assume(atMost: 0)
      }
    }
  }

  /// An item that is younger than the member takes the lower level that the member has seen.
  private mutating func believe() {
    guard request.hintEpoch != 0, request.hintEpoch != item.epoch, now - item.epoch < FleetTwin.learningMilliseconds else {
      return
    }
    for (index, meter) in request.meters.enumerated() where limits[index].kind != .concurrency {
      levels[index].lower(to: max(Int128(meter.hintLevel), -2 * Int128(limits[index].capacity)))
    }
  }

  /// The limits with what they have free after the plan.
  var meters: [FleetMeter] {
    limits.indices.map { FleetMeter(limits[$0], level: levels[$0].level, pacer: pacers[$0].level) }
  }

  /// Microseconds until a bundle that costs nothing could start.
  var lead: Int64 { meters.reduce(0) { max($0, $1.start(of: 0)) } }

  /// Milliseconds until the levels allow the next bundle, and until what is booked before it ends within the horizon; 0: now.
  ///
  /// The bundle's own cost doesn't count, or large requests would be refused more often than small ones.
  func need(_ bundle: [FleetAmount], horizon: Int64) -> (level: Int64, pacer: Int64) {
    var need: (level: Int64, pacer: Int64) = (0, 0)
    for (meter, amount) in zip(meters, bundle) {
      need.level = max(need.level, meter.wait(for: amount.reserved, ahead: 0))
      guard meter.isPaced, amount.predicted > 0 else { continue }
      let late = meter.start(of: 0) - horizon * 1_000
      if late > 0 { need.pacer = max(need.pacer, (late + 999) / 1_000) }
    }
    return need
  }

  /// Books the next bundle, which needs nothing.
  mutating func take(_ bundle: [FleetAmount], horizon: Int64) {
    cost += zip(meters, bundle).reduce(1) { max($0, $1.0.microseconds(for: $1.1.predicted)) }
    for (index, amount) in bundle.enumerated() {
      let limit = limits[index]
      let room = limit.kind == .concurrency ? amount.reserved : min(amount.reserved, limit.capacity)
      levels[index].assume(atLeast: Int128(room))
      levels[index].add(-Int128(amount.reserved))
      guard limit.kind == .minute else { continue }
      if limit.rate > 0, amount.predicted > 0 {
        let ahead = Int128(horizon) * Int128(limit.rate) / 60_000
        pacers[index].assume(atLeast: -ahead - 1)
      }
      pacers[index].add(-Int128(amount.predicted))
    }
    granted += 1
  }
}
