import AdmissionControl

/// Finds the limits that the service actually enforces, for the whole fleet: docs/design/fleet.md, "A member".
///
/// The member whose request was throttled proposes lower limits, and then raises them along the curve of ``LimitLearner``. The
/// others follow. If the proposer is gone, another member goes on.
///
/// Versions of limits that were discovered are even, those of limits that were learnt are odd. So a member that adopts lower limits
/// knows whether they may be raised again.
struct FleetLearner: Sendable {
  private static let stepNanoseconds: Int64 = 1_000_000_000
  private static let takeOverSeconds = 5.0

  /// What was discovered.
  private(set) var discovered: [FleetLimit]
  private var learner = LimitLearner(scaleMax: 1)
  /// Whether this member is the one that proposes.
  private(set) var isProposing = false
  private var steppedAt = Int64.min
  /// When this member goes on with the proposals of another one that has stopped.
  private var takeOverAt = Int64.min
  private var total: Int64?

  init(_ limits: [FleetLimit]) { discovered = limits }

  static func isLearnt(_ version: Int64) -> Bool { version % 2 != 0 }

  /// The version of limits that were discovered at a time.
  /// - Parameter time: ms since 1970.
  static func version(discoveredAt time: Int64) -> Int64 { 2 * min(max(time, 0), FleetBounds.timeMax) }

  /// The next version of learnt limits. Dice keep two members from proposing the same one, since only one of them would be taken.
  static func next(after version: Int64, _ dice: inout some RandomNumberGenerator) -> Int64 {
    version + (isLearnt(version) ? 2 : 1) + 2 * Int64(dice.next() >> 40 & 255)
  }

  mutating func discovered(_ limits: [FleetLimit]) {
    self = FleetLearner(limits)
  }

  /// Counts what the store has granted, as units of the first meter.
  mutating func answered(total new: Int64, rate: Int64) {
    if let total, new > total { learner.accept(Int64(Double(new - total) * Double(rate) / 60_000_000)) }
    total = new
  }

  /// A request was throttled that the limits had room for.
  /// - Returns: false if it belongs to an event that is known.
  mutating func throttled(sentAt: Int64, at now: Int64) -> Bool {
    guard learner.throttled(limit: discovered[0].rate, sentAt: sentAt, at: now) else { return false }
    isProposing = true
    steppedAt = now
    return true
  }

  /// Somebody else's limits hold now.
  mutating func adopted(
    _ limits: [FleetLimit], version: Int64, at now: Int64, using dice: inout some RandomNumberGenerator
  ) {
    // Members take over at different times, so that one of them is enough.
    takeOverAt = now &+ Int64(Self.takeOverSeconds * (1 + dice.unit()) * 1e9)
    isProposing = false
    guard Self.isLearnt(version) else { return discovered(limits) }
    learner = LimitLearner(scaleMax: 1)
    let scale = Double(limits[0].rate) / Double(max(discovered[0].rate, 1))
    learner.begin(share: scale, at: now)
  }

  /// When the scale should be moved next; nil: never.
  func stepAt(version: Int64) -> Int64? {
    guard Self.isLearnt(version), learner.scale < 1 || isProposing else { return nil }
    return isProposing ? steppedAt &+ Self.stepNanoseconds : takeOverAt
  }

  /// Moves the scale along its curve, if this member is the one to do it.
  /// - Returns: whether the limits have changed.
  mutating func step(version: Int64, at now: Int64) -> Bool {
    guard let at = stepAt(version: version), at <= now else { return false }
    isProposing = true
    steppedAt = now
    let before = learner.scale
    learner.advance(to: now)
    if learner.scale >= 1 { isProposing = false }
    return learner.scale != before
  }

  /// Whether the limits are below what was discovered.
  var isLowered: Bool { learner.scale < 1 }

  /// The discovered limits, scaled by what was learnt. Daily limits stay as they are.
  var limits: [FleetLimit] {
    discovered.map { limit in
      guard limit.kind == .minute, learner.scale < 1 else { return limit }
      func scaled(_ units: Int64) -> Int64 { max(Int64(Double(units) * learner.scale), min(units, 1)) }
      return FleetLimit(.minute, rate: scaled(limit.rate), capacity: scaled(limit.capacity), burst: scaled(limit.burst))
    }
  }
}
