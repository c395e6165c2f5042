/// What share of a stated limit the server really lets through, from its refusals alone.
///
/// Between two refusals the server's window was empty twice, so that what it accepted in between is what it let through. After one,
/// the rate falls a margin below that; then it comes back to just below along a cubic curve, flat where the limit was, and
/// ever faster beyond, so that a limit that has risen is found within a minute (the shape is that of CUBIC, RFC 9438). Refusals
/// that come again soon widen the margin: a server of several parts refuses at random, and only distance helps.
package struct LimitLearner: Sendable {
  package static let scaleMin = 0.05
  /// Per second cubed: from half the limit to the whole in 40 s beyond the flat part.
  private static let growth = 7.8e-6
  private static let marginMin = 0.02
  private static let marginMax = 0.12
  /// Refusals that follow one another so closely are of requests that were on their way.
  static let eventNanoseconds: Int64 = 1_000_000_000

  let scaleMax: Double
  package private(set) var scale: Double
  private var margin = Self.marginMin
  private var start: (at: Int64, scale: Double)?
  /// Where the curve is flat.
  private var plateau = 1.0
  private var flatAfter = 0.0
  private var lastEvent: Int64?
  /// Units that the server took since the last event.
  private var accepted: Int64 = 0

  package init(scaleMax: Double) {
    self.scaleMax = scaleMax.isFinite ? min(max(scaleMax, Self.scaleMin), 1.2) : 1
    scale = min(1, self.scaleMax)
  }

  /// Begins below the whole, where others are known to use the rest, and grows from there.
  package mutating func begin(share: Double, at now: Int64) {
    guard share.isFinite, share < scale else { return }
    scale = max(share, Self.scaleMin)
    plateau = scale
    flatAfter = 0
    start = (now, scale)
  }

  /// Whether the scale may change by itself.
  package var isMoving: Bool { start != nil }

  /// Whether there has been a refusal since which it counts.
  var isTaught: Bool { lastEvent != nil }

  /// Whether a refusal is so new that our books were set right by it.
  func wasRefused(at now: Int64) -> Bool { lastEvent.map { now &- $0 < 10_000_000_000 } ?? false }

  /// - Parameter units: what a request will cost; a correction of it, of any sign, later.
  package mutating func accept(_ units: Int64) { if lastEvent != nil { accepted &+= units } }

  /// A refusal that our books did not foresee.
  /// - Parameters:
  ///   - limit: units per minute, as stated.
  ///   - sentAt: when the request went; one that was on its way at the last refusal says nothing new, however late it says so.
  /// - Returns: false where it belongs to the one before.
  package mutating func refuse(limit: Int64, sentAt: Int64 = .max, at now: Int64) -> Bool {
    guard let last = lastEvent else {
      begin(from: scale, at: now)
      return true
    }
    guard now - last >= Self.eventNanoseconds, sentAt > last else { return false }
    let seconds = Double(now - last) / 1e9
    var found = scale
    if seconds < 120, limit > 0 {
      found = min(scale, max(Double(accepted) * 60 / (Double(limit) * seconds), scale / 2))
      margin = seconds < 60 ? min(margin * 1.5, Self.marginMax) : max(margin / 1.5, Self.marginMin)
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

  /// Moves along the curve.
  package mutating func advance(to now: Int64) {
    guard let start, now > start.at else { return }
    let beyond = Double(now - start.at) / 1e9 - flatAfter
    scale = min(max(plateau + Self.growth * beyond * beyond * beyond, Self.scaleMin), scaleMax)
    if scale >= scaleMax { self.start = nil }
  }

  /// Forgets what was learnt: the limit itself has changed.
  package mutating func reset() { self = LimitLearner(scaleMax: scaleMax) }

  /// Newton's method; Foundation's is not for us.
  private static func cubeRoot(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    var root = max(value, 1)
    for _ in 0..<60 { root = (2 * root + value / (root * root)) / 3 }
    return root
  }
}
