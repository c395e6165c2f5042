/// Books of what the server might be, kept beside the real ones: each answer speaks for some and against others.
///
/// A refusal speaks for those that had no room for the request, and against those that had; a request that passed speaks against
/// those that had none by a wide margin. The most permissive that has gathered enough replaces the bucket of a minute.
package struct ShadowLedgers: Sendable {
  /// From the most permissive on.
  package static let windows: [Gate.Window] = [.bucket(seconds: 5), .bucket(seconds: 2), .strict]
  private static let enough = 3.0

  let measure: Measure
  private var buckets: [Meter]
  private var rolling: StrictWindow
  private var limit: Int64
  private var scores = [0.0, 0.0, 0.0]

  package init(measure: Measure, limit: Int64, at now: Int64) {
    self.measure = measure
    let limit = min(max(limit, 0), Meter.unitsMax)
    self.limit = limit
    buckets = [5, 2].map { Meter(rate: limit, capacity: limit * $0 / 60, period: .minute, at: now) }
    rolling = StrictWindow(at: now)
  }

  /// Enters a grant.
  /// - Returns: a bit for each that had no room by far.
  package mutating func take(_ units: Int64, at now: Int64) -> UInt8 {
    var against: UInt8 = 0
    for index in buckets.indices {
      buckets[index].refill(at: now)
      if buckets[index].level < -units * Meter.micro { against |= 1 << UInt8(index) }
      buckets[index].debit(units * Meter.micro)
    }
    rolling.advance(to: now)
    if rolling.total > limit + units { against |= 1 << 2 }
    _ = rolling.add(units, at: now)
    return against
  }

  /// - Parameter takenAt: when it was entered.
  package mutating func settle(reserved: Int64, final: Int64, takenAt: Int64, at now: Int64) {
    for index in buckets.indices { buckets[index].credit((reserved - final) * Meter.micro, at: now) }
    rolling.change(takenAt / StrictWindow.slotNanoseconds, by: final - reserved, at: now)
  }

  package mutating func passed(against: UInt8) {
    guard against != 0 else { return }
    for index in scores.indices where against & (1 << UInt8(index)) != 0 { scores[index] = max(scores[index] - 0.5, -10) }
  }

  /// After the refused request's own entry is gone.
  /// - Returns: what the server seems to be, where that is clear by now.
  package mutating func refused(_ units: Int64, at now: Int64) -> Gate.Window? {
    for index in buckets.indices {
      buckets[index].refill(at: now)
      scores[index] += buckets[index].level < units * Meter.micro ? 1 : -1
    }
    rolling.advance(to: now)
    scores[2] += rolling.total + units > limit ? 1 : -1
    return scores.firstIndex { $0 >= Self.enough }.map { Self.windows[$0] }
  }

  package mutating func set(limit: Int64, at now: Int64) { self = ShadowLedgers(measure: measure, limit: limit, at: now) }
}
