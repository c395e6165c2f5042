/// What the store answers to a sync.
package enum SyncReply: Sendable, Equatable {
  /// The store had this sequence number or a later one before, and changed nothing.
  case duplicate(epoch: Int64, now: Int64)
  case answer(Answer)

  package struct Answer: Sendable, Equatable {
    /// When the store's keys were made, in ms since 1970. Another epoch than before: the store has lost what it knew.
    package var epoch: Int64
    /// The store's clock, in ms since 1970.
    package var now: Int64
    /// For each granted bundle, in order, after how many ms it may start. It must have been sent within a second after that.
    package var delays: [Int64]
    /// When to ask for the bundles that were not granted, in ms from now, 1 to 10,000; -1 if all were granted.
    package var wait: Int64
    /// Members that were heard of in the last 15 s; in a table, in the last 30 to 60 s.
    package var members: Int64
    /// Members in the queue.
    package var waiting: Int64
    /// Microseconds of the quota that were granted, ever, to all members.
    package var total: Int64
    /// The newest slot of the strict window; 0 if the fleet isn't strict.
    package var slot: Int64
    /// The version of the limits that hold.
    package var version: Int64
    /// What each meter has free, in units; negative: debt.
    package var levels: [Int64]
    /// The limits that hold, if the request had another version.
    package var limits: [Limit]

    package init(
      epoch: Int64, now: Int64, delays: [Int64], wait: Int64, members: Int64, waiting: Int64, total: Int64, slot: Int64,
      version: Int64, levels: [Int64], limits: [Limit]
    ) {
      (self.epoch, self.now) = (epoch, now)
      (self.delays, self.wait) = (delays, wait)
      (self.members, self.waiting) = (members, waiting)
      (self.total, self.slot) = (total, slot)
      (self.version, self.levels, self.limits) = (version, levels, limits)
    }

    /// Whether all numbers are ones that a store can have, so that a member may compute with them.
    package var isPossible: Bool {
      let counts = [members, waiting, total, slot, version]
      let bounds = limits.flatMap { [$0.rate, $0.capacity, $0.burst] }
      return [epoch, now].allSatisfy { 0...FleetBounds.timeMax ~= $0 } && -1...10_000 ~= wait
        && counts.allSatisfy { 0...FleetBounds.integerMax ~= $0 }
        && levels.allSatisfy { FleetBounds.levelMin...FleetBounds.unitsMax ~= $0 }
        // The last start lies within the horizon, but for what rounding adds.
        && delays.allSatisfy { 0...2 * FleetBounds.horizonMax ~= $0 }
        && bounds.allSatisfy { 0...FleetBounds.unitsMax ~= $0 }
    }
  }

  /// A limit without its kind, which all members agree on.
  package struct Limit: Sendable, Equatable {
    package var rate: Int64
    package var capacity: Int64
    package var burst: Int64

    package init(rate: Int64, capacity: Int64, burst: Int64) {
      self.rate = rate
      self.capacity = capacity
      self.burst = burst
    }
  }
}
