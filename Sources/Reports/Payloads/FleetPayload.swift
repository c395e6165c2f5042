import AdmissionControl
import Bedquota
import BedrockQuotas
import FleetStore

/// What `fleet status` and `fleet check` say, as JSON; see docs/json.md.
struct FleetPayload: Encodable {
  struct Scope: Encodable {
    var id: String?
    var scope: String
    /// When the store's keys were made, as seconds since 1970.
    var since: Double?
    /// `quotas`, `learnt` or `manual`.
    var limitsOrigin: String?
    var roundTripSeconds: Double
    var meters: [Meter]
    var members: [Member]
  }

  struct Meter: Encodable {
    /// nil if the scope was found in the store, which doesn't tell it.
    var measure: QuotaMeasure?
    var period: String
    var limit: Int64
    var free: Int64
    /// What may be sent now; below zero: what is booked ahead.
    var pacer: Int64
  }

  struct Member: Encodable {
    var member: String
    var weight: Double
    var waiting: Bool
    var silentSeconds: Double?
    /// The part of the limits that it takes for itself without the store.
    var share: Double
    /// What it sent without the store since its start, in units of the first meter.
    var usedWithoutStore: Int64
  }

  var scopes: [Scope]

  init(_ readings: [FleetControl.Reading]) {
    scopes = readings.map { reading in
      let status = reading.status
      return Scope(
        id: reading.id, scope: reading.scope.name, since: status.map { Double($0.epoch) / 1_000 },
        limitsOrigin: status.map { Self.origin($0) }, roundTripSeconds: reading.roundTrip / .seconds(1),
        meters: (status?.meters ?? []).enumerated().map { index, meter in
          Meter(
            measure: reading.measures?[index].quotaMeasure, period: "\(meter.limit.kind)", limit: meter.limit.whole,
            free: meter.level, pacer: meter.pacer)
        },
        members: (status?.processes ?? []).map { member in
          Member(
            member: member.name, weight: Double(member.weight) / 100, waiting: member.isWaiting,
            silentSeconds: member.silence.map { Double($0) / 1_000 }, share: Double(member.share) / 1_000_000,
            usedWithoutStore: member.fallback)
        })
    }
  }

  private static func origin(_ status: FleetStatus) -> String {
    switch status.limitsOrigin {
    case .quotas: "quotas"
    case .learnt: "learnt"
    case .manual: "manual"
    }
  }
}

extension FleetLimit {
  /// The number that people know: a budget has no refill.
  var whole: Int64 { kind == .day && rate == 0 ? capacity : rate }
}
