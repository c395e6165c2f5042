package import AdmissionControl

/// A limiter from the side of its ``FleetMember``, which reads what it must know to ask a store.
///
/// There are two: ``Limiter``, and the limiters of simulations.
package protocol FleetLimiter {
  /// What the limiter owes now, in micro-units; nil if the measure isn't prepaid. Expired chunks are not owed.
  func debt(_ measure: Measure) -> PrepaidDebt?
  /// Requests that wait, and requests in flight.
  var demand: (waiting: Int, inFlight: Int) { get }
  /// The tiers of the queue that have requests which wait. Only members with a flow for each tier ask for it.
  var waitingTiers: TierSet { get }
  /// The next requests that the granted chunks don't cover, in the order of their turns.
  func uncovered(_ count: Int) -> [UncoveredRequest]
  /// What requests in flight reserve of a measure, each with the time of its admission in nanoseconds; nil if that isn't known. Only
  /// strict fleets ask for it. Without it they stay safe, and use less of the limit.
  func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]?
}

extension FleetLimiter {
  /// All wait in one tier.
  package var waitingTiers: TierSet { demand.waiting > 0 ? TierSet(0) : TierSet() }
}

extension Limiter: FleetLimiter {}
