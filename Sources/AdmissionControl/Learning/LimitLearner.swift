/// Learns from throttled requests what share of a limit the server actually enforces: the scale.
///
/// The server's window is empty whenever it throttles, so the units that it accepted between two throttled requests show its
/// limit. After each throttled request, the scale falls below that limit by a margin. It then rises along a cubic curve, which is
/// flat just below the limit found and ever steeper beyond, so a raised limit is found within a minute (the shape is that of
/// CUBIC, RFC 9438). If throttling recurs soon, the margin grows: a server that consists of several parts throttles at random,
/// and only a larger margin helps.
package struct LimitLearner: Sendable {
  // `limiter-simulation goals` shows the effect of these values: from 60 s after a change, the limiter uses at least 97 % of the
  // limit that the server actually enforces, and at most 1 % of requests are throttled.

  /// The lowest scale.
  package static let scaleMin = 0.05
  /// The highest scale that a user may allow.
  private static let scaleMaxMax = 1.2
  /// The coefficient of the cubic curve, per second cubed: the scale rises by half of the limit in the 40 s after the flat part.
  private static let growth = 7.8e-6
  /// The margin below the limit found, as a share of it.
  private static let marginMin = 0.02
  private static let marginMax = 0.12
  /// The margin is multiplied by this if throttling recurs within ``soonSeconds``, and divided by it if throttling recurs later.
  private static let marginFactor = 1.5
  /// Throttling that recurs within this time widens the margin.
  private static let soonSeconds = 60.0
  /// After a longer time without throttling, the accepted units say nothing about the limit, because it may have changed since.
  private static let memorySeconds = 120.0
  /// Throttled requests within this time of one another are one event, in nanoseconds: 1 s.
  static let eventNanoseconds: Int64 = 1_000_000_000
  /// The time after an event during which we take our level to be the server's, in nanoseconds: 10 s.
  private static let knownNanoseconds: Int64 = 10_000_000_000

  let scaleMax: Double
  /// The share of the limit that the server seems to enforce.
  package private(set) var scale: Double
  private var margin = Self.marginMin
  /// The time and scale at which the curve begins; nil: the scale has reached its maximum.
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

  /// Begins with a share of the limit and grows from there, if other clients are known to use the rest.
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

  /// - Parameter units: the predicted cost of an admitted request; later, its final cost less the predicted one.
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

  /// Computes the root by Newton's method, which needs only operations that IEEE 754 defines to the last bit. The C libraries'
  /// `cbrt` and `pow` differ in the last bit, but a seed must give the same simulation run on every system.
  private static func cubeRoot(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    var root = max(value, 1)
    for _ in 0..<60 { root = (2 * root + value / (root * root)) / 3 }
    return root
  }
}
