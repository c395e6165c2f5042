/// What a member of a fleet must know of its limiter to ask a store for units.
extension Limiter {
  /// Requests that wait, and requests in flight.
  package var demand: (waiting: Int, inFlight: Int) { state.withLock { $0.admission.demand } }

  /// The tiers of the queue that have requests which wait.
  package var waitingTiers: TierSet { state.withLock { $0.admission.waitingTiers } }

  /// The weights of the queue's tiers, the most urgent first.
  package var tierWeights: [Double] { state.withLock { $0.admission.tierWeights } }

  /// What this limiter owes the store now, in micro-units; nil if the measure isn't prepaid. Expired chunks are not owed.
  package func debt(_ measure: Measure) -> PrepaidDebt? {
    let time = now()
    return state.withLock { $0.admission.owed(measure, at: time) }
  }

  /// The next requests that the granted chunks don't cover; see ``AdmissionState/uncovered(_:at:)``.
  package func uncovered(_ count: Int) -> [UncoveredRequest] {
    let time = now()
    return state.withLock { $0.admission.uncovered(count, at: time) }
  }

  /// What each request in flight reserves of a measure, with the time of its admission.
  package func reservedInFlight(_ measure: Measure) -> [(admittedAt: Int64, units: Int64)]? {
    state.withLock { state in state.leases.all.map { ($0.admittedAt, $0.reserved.of(measure)) } }
  }

  /// Nanoseconds of the limiter's clock, by which chunks start and expire.
  package var time: Int64 { now() }

  /// Suspends for this many nanoseconds of the limiter's clock.
  /// - Throws: `CancellationError`.
  package func pause(_ nanoseconds: Int64) async throws { try await sleep(nanoseconds) }
}
