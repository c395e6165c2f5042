/// What a member of a fleet tells the store, and asks of it.
///
/// Numbers outside their range count as the end of the range. The store does this, too, for members of other versions.
package struct SyncRequest: Sendable, Equatable {
  /// One meter from the member's side.
  package struct Meter: Sendable, Equatable {
    package var limit: FleetLimit
    /// What the member owes by its own count since its start: final costs of ended requests, reservations of those in flight, and
    /// grants not used yet. ±``FleetBounds/owedMax``; for concurrency never negative.
    package var owed: FleetAmount
    /// The level that the store's last reply had, in units.
    package var hintLevel: Int64

    package init(_ limit: FleetLimit, owed: FleetAmount = .zero, hintLevel: Int64 = 0) {
      self.limit = limit
      self.owed = owed
      self.hintLevel = hintLevel
    }
  }

  /// Units that come back to the strict window, and the slot in which they had been booked.
  package struct Credit: Sendable, Equatable {
    /// Number of the 100 ms since 1970, by the store's clock.
    package var slot: Int64
    package var units: Int64

    package init(slot: Int64, units: Int64) {
      self.slot = slot
      self.units = units
    }
  }

  /// Identifies one run of a process, such as 64 random bits, and a tier: `9f86d081884c7d65/0`.
  package var member: String
  /// Grows with every sync of the member, from 1.
  package var sequence: Int64
  /// The member's part of what is free when many wait, 1 to ``FleetBounds/weightMax``; usually 100.
  package var weight: Int64 = 100
  /// How far ahead a request may be booked, 0 to ``FleetBounds/horizonMax`` ms.
  package var horizon: Int64 = 250
  /// Whether the first meter's reservations of any 60 s stay within its limit.
  package var isStrict = false
  /// Whether the member leaves the fleet.
  package var isLeaving = false
  /// Whether the limits are new because the service throttled: then nothing is left for now.
  package var isThrottled = false
  /// When the limits were discovered or learnt. The newest limits hold for all members.
  package var version: Int64 = 1
  /// The same meters in the same order in all members of a scope, 1 to ``FleetBounds/metersMax``.
  package var meters: [Meter]
  /// What the member sent while it had no store, in units of the first meter since its start.
  package var fallback: Int64 = 0
  /// The part of the limit that the member takes for itself when it has no store, in millionths; strict fleets reserve it.
  package var share: Int64 = 0
  /// The epoch of the store's last reply; 0 if there was none.
  package var hintEpoch: Int64 = 0
  /// Where settled units had been booked; only of strict fleets, at most ``FleetBounds/creditsMax``.
  package var credits: [Credit] = []
  /// The requests to book, in order; each has an amount for each meter. At most ``FleetBounds/bundlesMax``. None takes the member
  /// out of the queue.
  package var bundles: [[FleetAmount]] = []

  package init(member: String, sequence: Int64, meters: [Meter]) {
    self.member = member
    self.sequence = sequence
    self.meters = meters
  }
}
