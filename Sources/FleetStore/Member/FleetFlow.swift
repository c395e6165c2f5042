/// A tier of the limiter's queue, as a member of its own in the store: docs/design/fleet.md, "A member".
///
/// So each tier has a ticket by its weight, and an urgent request doesn't wait behind the batch work of other processes. All flows of
/// a process have one set of books; what the store has booked for each is kept here.
struct FleetFlow: Sendable {
  /// Its name in the store.
  let name: String
  let weight: Int64
  /// How far ahead its requests may be booked at least, in ms.
  let horizonMin: Int64
  /// What the store has booked for it, after the last answer. It stays when the flow leaves, since what it owed stays spent.
  var acknowledged: [FleetAmount]
  /// Requests in flight that a new store found in its sums and never counted. Its record keeps them, so that they aren't given back:
  /// they come on top of whatever it says of a meter.
  var uncounted: [Int64]
  /// What it has told of the use without the store.
  var reportedFallback: Int64 = 0
  /// When the store wants to be asked again.
  var askAt = Int64.min
  /// Whether it stands in the store's queue, as far as it knows.
  var isQueued = false
  var syncedAt = Int64.min
  /// When requests of its tier waited last.
  var activeAt = Int64.min
  /// Whether the store has a record of it, as far as it knows.
  var hasJoined = false
  /// Whether a sync had no answer that may have changed what the store has booked for it. It then tells its sums once more.
  var isUnsure = false
  /// Whether its last sync changed nothing. A replica may lack one that did, so it is told once more after a while.
  var isConfirmed = true

  private static let horizonUrgent: Int64 = 500
  /// What batch work books ahead, urgent requests wait for.
  private static let horizonBatch: Int64 = 150

  private static func horizon(_ tier: Int, _ usual: Int64) -> Int64 {
    switch tier {
    case 0: max(usual, horizonUrgent)
    case 1: usual
    default: min(usual, horizonBatch)
    }
  }

  private init(_ name: String, weight: Int64, horizonMin: Int64, meters: Int) {
    self.name = name
    self.weight = weight
    self.horizonMin = horizonMin
    acknowledged = Array(repeating: .zero, count: meters)
    uncounted = Array(repeating: 0, count: meters)
  }

  /// The flows of a member, by tier; one for all tiers if these have no weights.
  static func all(of configuration: FleetMemberConfiguration) -> [FleetFlow] {
    let (name, weight, horizonMin) = (configuration.name, configuration.weight, configuration.horizonMin)
    let tiers = configuration.tierWeights.prefix(64)
    guard tiers.count > 1, tiers.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      return [FleetFlow(name, weight: weight, horizonMin: horizonMin, meters: configuration.meters.count)]
    }
    return tiers.enumerated().map { tier, part in
      let parts = min(max((Double(weight) * part / tiers[1]).rounded(), 1), Double(FleetBounds.weightMax))
      return FleetFlow(
        "\(name)/\(tier)", weight: Int64(parts), horizonMin: horizon(tier, horizonMin), meters: configuration.meters.count)
    }
  }

  /// The process of a name in a store: without the tier, if it has one.
  static func process(of name: String) -> String {
    guard let slash = name.lastIndex(of: "/") else { return name }
    let tier = name[slash...].dropFirst()
    guard 1...2 ~= tier.utf8.count, tier.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return name }
    return String(name[..<slash])
  }
}

/// A sync that is due at a time, and the flow that sends it.
struct FleetTurn: Sendable {
  var at: Int64
  var flow: Int

  /// The first of two; of two at one time, the left one.
  static func first(_ left: FleetTurn?, _ right: FleetTurn?) -> FleetTurn? {
    guard let left, let right else { return left ?? right }
    return right.at < left.at ? right : left
  }
}
