import DequeModule

/// Where a strict fleet's store has booked what this member reserved, so that what comes back leaves the same slots.
///
/// A credit to an older slot than the right one is safe: then the newer slot holds too much until it leaves the window. So what
/// can't be attributed goes to slot 0, which has left long ago.
struct FleetSlots: Sendable {
  private struct Slot: Sendable {
    /// When its chunk starts, in nanoseconds of the limiter's clock.
    var startsAt: Int64
    /// Number of the 100 ms since 1970, by the store's clock.
    var number: Int64
    /// What was granted, in units.
    var booked: Int64
    /// The part of it that was no longer in flight when the store was told last.
    var released: Int64 = 0
    /// What came back of it.
    var credited: Int64 = 0
  }

  private static let milliseconds: Int64 = 100
  /// After this time a slot has left every window.
  private static let memoryNanoseconds: Int64 = 62_000_000_000

  /// In the order of their starts.
  private var slots = Deque<Slot>()
  /// What the next sync says of each slot, until it is answered.
  private var told: [(released: Int64, credited: Int64)] = []

  /// - Parameter sentAt: when the chunk starts by the store's clock, in ms since 1970.
  mutating func booked(_ units: Int64, startsAt: Int64, sentAt: Int64) {
    let slot = Slot(startsAt: startsAt, number: sentAt / Self.milliseconds, booked: units)
    var place = slots.endIndex
    while place > 0, slots[place - 1].startsAt > startsAt { place -= 1 }
    slots.insert(slot, at: place)
  }

  /// Attributes what came back since the last answered sync.
  /// - Parameters:
  ///   - units: how much less is owed.
  ///   - inFlight: what is in flight, by the time of admission; nil: unknown.
  mutating func credits(_ units: Int64, inFlight: [(admittedAt: Int64, units: Int64)]?) -> [SyncRequest.Credit] {
    var held = Array(repeating: Int64(0), count: slots.count)
    for request in inFlight ?? [] {
      if let place = place(of: request.admittedAt) { held[place] += request.units }
    }
    told = zip(slots, held).map { ($0.booked - $1, 0) }
    guard units > 0 else { return [] }
    var left = units
    var credits: [SyncRequest.Credit] = []
    if inFlight != nil {
      for (index, slot) in slots.enumerated() where left > 0 && credits.count < FleetBounds.creditsMax - 1 {
        let part = min(told[index].released - slot.released, left)
        guard part > 0 else { continue }
        credits.append(SyncRequest.Credit(slot: slot.number, units: part))
        told[index].credited = part
        left -= part
      }
    }
    if left > 0 { credits.append(SyncRequest.Credit(slot: 0, units: left)) }
    return credits
  }

  /// The next sync tells nothing of what came back.
  mutating func creditsNothing() { told = [] }

  /// What the window of the last minute holds for this member, in units.
  func held(at now: Int64) -> Int64 {
    slots.reduce(0) { $1.startsAt > now - Self.memoryNanoseconds ? $0 + $1.booked - $1.credited : $0 }
  }

  /// The slot of a request: that of the last chunk that had started.
  private func place(of admittedAt: Int64) -> Int? {
    var (low, high) = (0, slots.count)
    while low < high {
      let middle = (low + high) / 2
      if slots[middle].startsAt <= admittedAt { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// The store has answered the sync for which ``credits(_:inFlight:)`` was called last.
  mutating func answered(at now: Int64) {
    for index in told.indices where index < slots.count {
      slots[index].released = told[index].released
      slots[index].credited += told[index].credited
    }
    told = []
    while let first = slots.first, first.startsAt < now - Self.memoryNanoseconds, first.released >= first.booked {
      slots.removeFirst()
    }
  }
}
