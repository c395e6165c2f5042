/// What a store knows of one member.
struct FleetRecord: Sendable, Equatable {
  /// The number of its last sync.
  var sequence: Int64 = 0
  /// What it has been served, in microseconds of the quota per 100th of its weight: its next place in the queue.
  var tag: Int64 = 0
  /// When it should have asked again, in ms since 1970, with a second of grace; 0 if it never had to wait.
  var due: Int64 = 0
  /// What it sent without the store, in units.
  var fallback: Int64 = 0
  var weight: Int64 = 100
  /// What it owes by the store's count, for each meter.
  var owed: [FleetAmount]
  /// What the first bundle that it waits for reserves of each meter.
  var nextReserved: [Int64]
  /// The microseconds of the quota that this bundle costs.
  var nextCost: Int64 = 0
  /// What it takes of the limit when it has no store, in millionths.
  var share: Int64 = 0

  init(meters: Int) {
    owed = Array(repeating: .zero, count: meters)
    nextReserved = Array(repeating: 0, count: meters)
  }
}
