/// What a member knows of its fleet.
package struct FleetMemberStatus: Sendable {
  /// Whether the store has not answered for two seconds.
  package var isWithoutStore: Bool
  /// Whether the member sends requests without the store.
  package var isInFallback: Bool
  /// The store's epoch: another one than before means that the store has lost what it knew. 0: it has never answered.
  package var epoch: Int64
  /// The version of the limits that hold, and the limits.
  package var version: Int64
  package var limits: [FleetLimit]
  /// What each meter had free, in units, at the last answer.
  package var levels: [Int64]
  /// Members that the store counted at the last answer.
  package var members: Int64
  /// The member's part of what the store granted in the last minute, 0 to 1.
  package var share: Double
  /// Syncs since the start.
  package var syncs: Int64
  /// The time within which nine of ten answers come, in nanoseconds; nil before the first.
  package var roundTrip: Int64?
}

extension FleetMember {
  /// Whether the store has ever answered.
  package var hasHadAnswer: Bool { answered != nil }

  package func status(at now: Int64) -> FleetMemberStatus {
    FleetMemberStatus(
      isWithoutStore: isWithoutStore(at: now), isInFallback: isInFallback, epoch: epoch, version: version, limits: limits,
      levels: levels, members: share.members, share: share.part, syncs: sequence, roundTrip: roundTrips.p90)
  }
}
