package import AdmissionControl
import Bedquota
package import BedrockQuotas
import FleetStore
package import Reports

/// A pool at one time, for status and metrics.
package struct PoolSnapshot: Sendable {
  /// A limit that the pool keeps, and the quota that it comes from.
  package struct Limit: Sendable {
    package var state: Snapshot.MeterState
    /// nil: no quota of AWS, but an assumption.
    package var quota: Quota?
    /// What requests in flight hold of it.
    package var reserved: Int64
    /// Whether it counts long prompts alone.
    package var isForLongPrompts: Bool
  }

  package var label: PoolLabel
  /// How much is known of its quotas.
  package var status: Resolution.Status
  package var limits: [Limit]
  package var waiting: Int
  package var inFlight: Int
  /// For how long the request has waited that has waited longest; nil: none waits.
  package var longestWait: Duration?
  /// Sentences about unexpected conditions; empty for an id that nobody knows, because they name it.
  package var notes: [String]
  package var fleet: LiveStatus.Fleet?

  init(_ pool: PoolTable<ModelPool>.Pool, account: String) {
    let client = pool.value.client
    let resolution = client.resolution
    let (ordinary, long) = (client.limiter.snapshot, client.longContextSnapshot)
    label = PoolLabel(resolution, account: account, region: pool.name.region)
    status = resolution.status
    let (holdings, longHoldings) = (client.limiter.holdings, client.longContextHoldings)
    limits = ordinary.meters.map { meter in
      Limit(
        state: meter, quota: resolution.quota(meter.measure.quotaMeasure), reserved: holdings.reserved[meter.measure] ?? 0,
        isForLongPrompts: false)
    }
    longestWait = [holdings.longestWait, longHoldings?.longestWait].compactMap(\.self).max()
    if let long {
      let quotas = resolution.variants.filter { $0.variant == .context1M }.map(\.quota)
      limits += long.meters.map { meter in
        let quota = quotas.first { $0.name.measure == meter.measure.quotaMeasure }
        return Limit(
          state: meter, quota: quota, reserved: longHoldings?.reserved[meter.measure] ?? 0, isForLongPrompts: true)
      }
    }
    waiting = ordinary.waiting + (long?.waiting ?? 0)
    inFlight = Int(ordinary.counts.inFlight + (long?.counts.inFlight ?? 0))
    notes = resolution.isKnown ? client.notes : []
    guard let status = client.fleetStatus else { return }
    fleet = LiveStatus.Fleet(status)
    // The limiter has what was granted to it, and the store what is free.
    for (measure, level) in client.fleetLevels {
      for index in limits.indices where !limits[index].isForLongPrompts && limits[index].state.measure == measure {
        limits[index].state.available = level
      }
    }
  }
}

extension LiveStatus.Fleet {
  init(_ status: FleetMemberStatus) {
    self.init(
      members: status.members, share: status.share, isStoreAway: status.isWithoutStore, isInFallback: status.isInFallback,
      hasLearntLimits: FleetMemberConfiguration.isLearnt(status.version), syncs: status.syncs,
      roundTripSeconds: status.roundTrip.map { Double($0) / 1e9 })
  }
}
