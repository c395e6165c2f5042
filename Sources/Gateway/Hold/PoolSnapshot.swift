package import AdmissionControl
import Bedquota
package import BedrockQuotas

/// A pool at one time, for status and metrics.
package struct PoolSnapshot: Sendable {
  /// A limit that the pool keeps, and the quota that it comes from.
  package struct Limit: Sendable {
    package var state: Snapshot.MeterState
    /// nil: no quota of AWS, but an assumption.
    package var quota: Quota?
    /// Whether it counts long prompts alone.
    package var isForLongPrompts: Bool
  }

  package var region: String
  package var endpoint: QuotaEndpoint
  /// The id that the pool was made for.
  package var id: String
  /// Whether its id is known: it has quotas, or the account lists it. Only such ids are labels of metrics.
  package var isKnown: Bool
  package var status: Resolution.Status
  package var limits: [Limit]
  package var waiting: Int
  package var counts: Snapshot.Counts
  /// How long replies take.
  package var times: ServiceTimes.Figures
  /// Sentences about unexpected conditions.
  package var notes: [String]

  init(_ pool: PoolTable<ModelPool>.Pool) {
    let client = pool.value.client
    let resolution = client.resolution
    let (ordinary, long) = (client.limiter.snapshot, client.longContextSnapshot)
    region = pool.name.region
    endpoint = resolution.endpoint
    id = pool.name.id
    isKnown = pool.isKnown
    status = resolution.status
    limits = ordinary.meters.map { Limit(state: $0, quota: resolution.quota($0.measure.quotaMeasure), isForLongPrompts: false) }
    if let long {
      let quotas = resolution.variants.filter { $0.variant == .context1M }.map(\.quota)
      limits += long.meters.map { meter in
        let quota = quotas.first { $0.name.measure == meter.measure.quotaMeasure }
        return Limit(state: meter, quota: quota, isForLongPrompts: true)
      }
    }
    waiting = ordinary.waiting + (long?.waiting ?? 0)
    counts = ordinary.counts
    if let more = long?.counts { counts.add(more) }
    notes = client.notes
    times = pool.value.times.figures
  }
}

extension Snapshot.Counts {
  fileprivate mutating func add(_ other: Snapshot.Counts) {
    admitted += other.admitted
    completed += other.completed
    throttled += other.throttled
    failed += other.failed
    capacity += other.capacity
    cancelled += other.cancelled
    cancelledWaiters += other.cancelledWaiters
    refused += other.refused
    inFlight += other.inFlight
  }
}
