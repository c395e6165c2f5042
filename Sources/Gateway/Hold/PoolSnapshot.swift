package import AdmissionControl
import Bedquota
package import BedrockQuotas
import FleetStore

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

  package var label: PoolLabel
  /// How much is known of its quotas.
  package var status: Resolution.Status
  package var limits: [Limit]
  package var waiting: Int
  package var inFlight: Int
  /// Sentences about unexpected conditions; empty for an id that nobody knows, because they name it.
  package var notes: [String]
  package var fleet: GatewayStatus.Fleet?

  init(_ pool: PoolTable<ModelPool>.Pool, account: String) {
    let client = pool.value.client
    let resolution = client.resolution
    let (ordinary, long) = (client.limiter.snapshot, client.longContextSnapshot)
    label = PoolLabel(resolution, account: account, region: pool.name.region)
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
    inFlight = Int(ordinary.counts.inFlight + (long?.counts.inFlight ?? 0))
    notes = resolution.isKnown ? client.notes : []
    guard let status = client.fleetStatus else { return }
    fleet = GatewayStatus.Fleet(status)
    // The limiter has what was granted to it, and the store what is free.
    for (measure, level) in client.fleetLevels {
      for index in limits.indices where !limits[index].isForLongPrompts && limits[index].state.measure == measure {
        limits[index].state.available = level
      }
    }
  }
}

extension GatewayStatus.Fleet {
  init(_ status: FleetMemberStatus) {
    self.init(
      members: status.members, share: status.share, isStoreAway: status.isWithoutStore, isInFallback: status.isInFallback,
      hasLearntLimits: FleetMemberConfiguration.isLearnt(status.version), syncs: status.syncs,
      roundTripSeconds: status.roundTrip.map { Double($0) / 1e9 })
  }
}
