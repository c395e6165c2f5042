/// One limit of a scope, as all members of a fleet share it.
package struct FleetLimit: Sendable, Equatable {
  /// How a limit comes back.
  package enum Kind: Int64, Sendable, CaseIterable {
    /// Units per minute. Requests are paced by it.
    case minute = 0
    /// Units per day.
    case day = 1
    /// Requests in flight. They come back when they are settled.
    case concurrency = 2
  }

  package var kind: Kind
  /// Units per minute or day, or requests in flight; 0 to ``FleetBounds/unitsMax``.
  package var rate: Int64
  /// The highest level in units, 0 to ``FleetBounds/unitsMax``: the quota less a margin.
  package var capacity: Int64
  /// What may be sent at once after a pause, in units, 0 to ``FleetBounds/unitsMax``. Only limits per minute have a burst.
  package var burst: Int64

  package init(_ kind: Kind, rate: Int64, capacity: Int64, burst: Int64 = 0) {
    self.kind = kind
    self.rate = rate
    self.capacity = capacity
    self.burst = burst
  }
}
