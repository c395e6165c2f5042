import AdmissionControl

/// The requests that a member asks a store to book, in bundles: docs/design/fleet.md, "A member".
///
/// Consecutive requests share a bundle until it costs 20 ms of the quota. So the number of operations does not grow with the number
/// of requests. A bundle never reserves more than a sixteenth of a limit, unless it is a single request: one that needs a full meter
/// would have to wait for it, and would leave the meter in debt.
struct FleetBundles: Sendable {
  static let countMax = 16
  /// Requests that are looked at for one sync.
  static let requestsMax = 512
  private static let costMin: Int64 = 20_000
  private static let parts: Int64 = 16

  private let meters: [FleetMemberConfiguration.Meter]
  private let limits: [FleetLimit]
  private(set) var bundles: [[FleetAmount]] = []

  init(_ requests: [UncoveredRequest], _ meters: [FleetMemberConfiguration.Meter], limits: [FleetLimit]) {
    self.meters = meters
    self.limits = limits
    var bundle: [FleetAmount]?
    for request in requests {
      let amounts = Self.amounts(request, meters)
      if let open = bundle {
        let both = zip(open, amounts).map { $0 + $1 }
        if isTooLarge(both) {
          bundles.append(open)
          bundle = amounts
        } else {
          bundle = both
        }
      } else {
        bundle = amounts
      }
      guard bundles.count < Self.countMax else { return }
      if let full = bundle, Self.cost(of: full, limits) >= Self.costMin {
        bundles.append(full)
        bundle = nil
      }
      guard bundles.count < Self.countMax else { return }
    }
    if let bundle { bundles.append(bundle) }
  }

  private func isTooLarge(_ bundle: [FleetAmount]) -> Bool {
    zip(bundle, limits).contains { $0.reserved > $1.capacity / Self.parts }
  }

  /// What a request takes of each meter.
  static func amounts(_ request: UncoveredRequest, _ meters: [FleetMemberConfiguration.Meter]) -> [FleetAmount] {
    meters.map { meter in
      FleetAmount(
        reserved: request.reserved.of(meter.measure),
        predicted: meter.limit.kind == .minute ? request.predicted.of(meter.measure) : 0)
    }
  }

  /// The microseconds of the quota that a bundle costs, at least 1.
  static func cost(of bundle: [FleetAmount], _ limits: [FleetLimit]) -> Int64 {
    zip(limits, bundle).reduce(1) { max($0, FleetMeter($1.0, at: 0).microseconds(for: $1.1.predicted)) }
  }
}
