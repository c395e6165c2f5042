/// What a store knows of a scope.
package struct FleetStatus: Sendable, Equatable {
  package struct Meter: Sendable, Equatable {
    package var limit: FleetLimit
    /// What is free now, in units; negative: debt.
    package var level: Int64
    /// What may be sent now, in units; negative: what is booked ahead. 0 for limits that aren't per minute.
    package var pacer: Int64
  }

  package struct Member: Sendable, Equatable {
    package var name: String
    package var weight: Int64
    /// The number of its last sync.
    package var sequence: Int64
    /// What it owed then, with what was granted since, for each meter.
    package var owed: [FleetAmount]
    /// Milliseconds since its last sync; nil if the store has forgotten when that was.
    package var silence: Int64?
    /// Whether it stands in the queue.
    package var isWaiting: Bool
    /// What it sent without the store since its start, in units of the first meter.
    package var fallback: Int64
    /// The part of the limit that it takes for itself without a store, in millionths.
    package var share: Int64
  }

  /// When the keys were made, in ms since 1970.
  package var epoch: Int64
  /// The store's clock, in ms since 1970.
  package var now: Int64
  /// The version of the limits.
  package var version: Int64
  /// Microseconds of the quota that were granted, ever.
  package var total: Int64
  /// What the strict window holds, in units of the first meter.
  package var windowSum: Int64
  package var meters: [Meter]
  /// By name.
  package var members: [Member]
}
