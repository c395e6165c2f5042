package import AdmissionControl

/// How one process takes part in a fleet.
package struct FleetMemberConfiguration: Sendable {
  /// One limit that the fleet shares, as the limiter and as the store know it.
  package struct Meter: Sendable, Equatable {
    /// ``Measure/concurrency`` only if the limiter's places are granted too, and not as the first meter.
    package var measure: Measure
    package var limit: FleetLimit

    /// - Parameters:
    ///   - limit: what the service allows, in units per minute or day, or requests in flight.
    ///   - headroom: the share of a minute's or day's limit that may be reserved at once, 0.1 to 1.
    ///   - burst: what may be sent at once after a pause, in seconds of the limit, 0.01 to 60.
    package init(_ measure: Measure, limit: Int64, headroom: Double = 0.95, burst: Double = 1) {
      self.measure = measure
      let rate = min(max(limit, 0), FleetBounds.unitsMax)
      if measure == .concurrency {
        self.limit = FleetLimit(.concurrency, rate: rate, capacity: rate)
        return
      }
      let capacity = Int64(Double(rate) * min(max(headroom, 0.1), 1))
      self.limit = FleetLimit(
        measure == .tokensPerDay ? .day : .minute, rate: rate, capacity: max(capacity, min(rate, 1)),
        burst: measure == .tokensPerDay ? 0 : max(Int64(Double(rate) * min(max(burst, 0.01), 60) / 60), min(rate, 1)))
    }
  }

  /// Identifies this run of the process, such as 64 random bits as text. A name is never used again.
  package var name: String
  /// The same in all members of a scope, 1 to ``FleetBounds/metersMax``. The first is the one that paces most, usually tokens.
  package var meters: [Meter]
  /// When the limits were discovered, in ms since 1970.
  package var discoveredAt: Int64
  /// Whether any 60 s stay within the first meter's limit.
  package var isStrict = false
  /// The member's part when many wait, in hundredths of a usual member's: 1 to ``FleetBounds/weightMax``.
  package var weight: Int64 = 100
  /// The weights of the limiter's tiers, the most urgent first: each tier then has a ticket of its own in the store's queue, and the
  /// second tier has the member's weight. Fewer than two: one ticket for all.
  package var tierWeights: [Double] = []
  /// How far ahead requests may be booked at least, in ms. Urgent members and tiers book farther ahead than others.
  package var horizonMin: Int64 = 250
  package var fallback = FleetFallback.share
  /// Whether throttled requests lower the limits of the whole fleet for a while.
  package var learnsLimits = true

  package init(name: String, meters: [Meter], discoveredAt: Int64) {
    self.name = name
    self.meters = meters
    self.discoveredAt = discoveredAt
  }
}

extension FleetMemberConfiguration {
  /// The version of limits that were discovered at a time; the newest limits of a scope hold.
  /// - Parameter time: ms since 1970.
  package static func version(discoveredAt time: Int64) -> Int64 { FleetLearner.version(discoveredAt: time) }

  /// Whether limits of a version were lowered because the service throttled, and are not the account's quotas.
  package static func isLearnt(_ version: Int64) -> Bool { FleetLearner.isLearnt(version) }
}
