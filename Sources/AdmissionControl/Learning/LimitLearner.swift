/// Learns from throttled requests which share of a limit the server really enforces: the scale.
///
/// At two throttled requests the server's window was empty twice, so what it accepted in between is its limit. After each one, the scale
/// falls a margin below that. Then it returns to just below along a cubic curve, flat near the limit found and ever steeper beyond it, so
/// that a limit that has risen is found within a minute (the shape is that of CUBIC, RFC 9438). Throttling that soon comes again widens the
/// margin: a server that consists of several parts throttles at random, and only distance helps.
package struct LimitLearner: Sendable {
  // `limiter-simulation goals` shows what these achieve: from 60 s after a change, at least 97 % of the limit that the server really
  // enforces, and at most 1 % of requests throttled.

  /// The lowest scale.
  package static let scaleMin = 0.05
  /// The highest that a user may allow.
  private static let scaleMaxMax = 1.2
  /// Of the cubic curve, per second cubed: half of the limit in 40 s beyond the flat part.
  private static let growth = 7.8e-6
  /// The margin below the limit found, as a share of it.
  private static let marginMin = 0.02
  private static let marginMax = 0.12
  /// What throttling that comes again soon multiplies the margin by, and throttling that comes late divides it by.
  private static let marginFactor = 1.5
  /// Throttling within this time of the last widens the margin.
  private static let soonSeconds = 60.0
  /// Throttling after more than this time of the last says nothing about what was accepted in between: the limit may have changed.
  private static let memorySeconds = 120.0
  /// Throttled requests within this time of one another are one event, in nanoseconds: 1 s.
  static let eventNanoseconds: Int64 = 1_000_000_000
  /// For this long after an event our level is that of the server, in nanoseconds: 10 s.
  private static let knownNanoseconds: Int64 = 10_000_000_000

  let scaleMax: Double
  /// The share of the limit that the server seems to enforce.
  package private(set) var scale: Double
  private var margin = Self.marginMin
  /// Where the curve begins; nil: the scale has reached its maximum.
  private var start: (at: Int64, scale: Double)?
  /// The scale at which the curve is flat.
  private var plateau = 1.0
  /// Seconds from the start of the curve to its flat part.
  private var flatAfter = 0.0
  private var lastEvent: Int64?
  /// Units that the server accepted since the last event.
  private var accepted: Int64 = 0

  package init(scaleMax: Double) {
    self.scaleMax = scaleMax.isFinite ? min(max(scaleMax, Self.scaleMin), Self.scaleMaxMax) : 1
    scale = min(1, self.scaleMax)
  }

  /// Begins with a share of the limit, where other clients are known to use the rest, and grows from there.
  package mutating func begin(share: Double, at now: Int64) {
    guard share.isFinite, share < scale else { return }
    scale = max(share, Self.scaleMin)
    plateau = scale
    flatAfter = 0
    start = (now, scale)
  }

  /// Whether the scale changes by itself.
  package var isMoving: Bool { start != nil }

  /// Whether there was an event, so that accepted units must be counted.
  var isTaught: Bool { lastEvent != nil }

  /// Whether the last event is recent enough that our level is still that of the server.
  func wasThrottled(at now: Int64) -> Bool { lastEvent.map { now &- $0 < Self.knownNanoseconds } ?? false }

  /// - Parameter units: what an admitted request is predicted to cost; later, the difference to what it did cost.
  package mutating func accept(_ units: Int64) { if lastEvent != nil { accepted &+= units } }

  /// The server throttled a request that our meter had room for.
  /// - Parameters:
  ///   - limit: units per minute, without the scale.
  ///   - sentAt: when the request was sent. One that was in flight at the last event belongs to it, however late it ends.
  /// - Returns: false if it belongs to the last event.
  package mutating func throttled(limit: Int64, sentAt: Int64 = .max, at now: Int64) -> Bool {
    guard let last = lastEvent else {
      begin(from: scale, at: now)
      return true
    }
    guard now - last >= Self.eventNanoseconds, sentAt > last else { return false }
    let seconds = Double(now - last) / 1e9
    var found = scale
    if seconds < Self.memorySeconds, limit > 0 {
      found = min(scale, max(Double(accepted) * 60 / (Double(limit) * seconds), scale / 2))
      margin =
        seconds < Self.soonSeconds
        ? min(margin * Self.marginFactor, Self.marginMax) : max(margin / Self.marginFactor, Self.marginMin)
    } else {
      margin = Self.marginMin
    }
    begin(from: found, at: now)
    return true
  }

  private mutating func begin(from found: Double, at now: Int64) {
    lastEvent = now
    accepted = 0
    plateau = max(found * (1 - margin / 2), Self.scaleMin)
    scale = max(found * (1 - 2 * margin), Self.scaleMin)
    start = (now, scale)
    flatAfter = Self.cubeRoot((plateau - scale) / Self.growth)
  }

  /// Moves the scale along the curve.
  package mutating func advance(to now: Int64) {
    guard let start, now > start.at else { return }
    let beyond = Double(now - start.at) / 1e9 - flatAfter
    scale = min(max(plateau + Self.growth * beyond * beyond * beyond, Self.scaleMin), scaleMax)
    if scale >= scaleMax { self.start = nil }
  }

  /// Forgets what was learnt, because the limit itself has changed.
  package mutating func reset() { self = LimitLearner(scaleMax: scaleMax) }

  /// By Newton's method, which needs only operations that IEEE 754 defines to the last bit. `cbrt` and `pow` of the C libraries differ
  /// in it, and a seed of the simulation must mean the same run on every system.
  private static func cubeRoot(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    var root = max(value, 1)
    for _ in 0..<60 { root = (2 * root + value / (root * root)) / 3 }
    return root
  }
}
