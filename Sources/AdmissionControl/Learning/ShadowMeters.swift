/// Meters for the windows that the server may use, kept beside the real gate. Each answer of the server supports some windows and
/// contradicts others.
///
/// A throttled request supports the windows that had no room for it and contradicts the others. An accepted request contradicts the
/// windows that were far from having room for it. The most permissive window with enough support replaces the bucket of a minute.
package struct ShadowMeters: Sendable {
  /// The candidate windows, from the most permissive to the least.
  package static let windows: [LimitWindow] = [.bucket(seconds: 5), .bucket(seconds: 2), .strict]
  /// The index of ``LimitWindow/strict``.
  private static let strictIndex = 2

  // `limiter-simulation goals` shows the effect of these values for `auto` on every server model.

  /// The score at which a window is believed.
  private static let scoreNeeded = 3.0
  /// An accepted request counts half as much as a throttled one. It says less, because the server may have more than one window.
  private static let acceptedScore = -0.5
  /// The lowest score. It bounds the time until a window that was contradicted for hours can be believed.
  private static let scoreMin = -10.0

  /// The rolling sum of ours may exceed that of the server by this share of the limit: our window is up to 0.3 s longer, and we
  /// settle later than the server.
  private static let rollingSlack: Int64 = 50
  /// With the strict window in force, a throttled request that found at least this share of the limit free contradicts it …
  private static let freeShare: Int64 = 20
  /// … and this many of them in a row, a second or more apart, bring the bucket back.
  private static let contradictionsMax = 3

  let measure: Measure
  private var buckets: [Meter]
  private var rolling: StrictWindow
  private var limit: Int64
  private var scores = [0.0, 0.0, 0.0]
  private var phases = MinutePhases()
  /// Whether the strict window is in force, and throttled requests since that it doesn't explain.
  private var isStrict = false
  private var contradictions = 0
  private var contradictedAt = Int64.min

  package init(measure: Measure, limit: Int64, at now: Int64) {
    self.measure = measure
    let limit = min(max(limit, 0), Meter.unitsMax)
    self.limit = limit
    buckets = [5, 2].map { Meter(rate: limit, capacity: limit * $0 / 60, period: .minute, at: now) }
    rolling = StrictWindow(at: now)
  }

  /// Enters an admitted request.
  /// - Returns: a bit for each window that was far from having room for it.
  mutating func take(_ reserved: Amounts, at now: Int64) -> UInt8 { take(reserved.of(measure), at: now) }

  /// Enters an admitted request.
  /// - Returns: a bit for each window that was far from having room for it: the window's debt exceeded the request's size.
  package mutating func take(_ units: Int64, at now: Int64) -> UInt8 {
    var contradicted: UInt8 = 0
    for index in buckets.indices {
      buckets[index].refill(at: now)
      if buckets[index].level < -units * Meter.micro { contradicted |= 1 << UInt8(index) }
      buckets[index].debit(units * Meter.micro)
    }
    rolling.advance(to: now)
    if rolling.total > limit + units + limit / Self.rollingSlack { contradicted |= 1 << UInt8(Self.strictIndex) }
    _ = rolling.add(units, at: now)
    return contradicted
  }

  /// Replaces what a lease holds by the final cost.
  /// - Parameter requests: how many requests it counts as: 1, or 0 if the server didn't count it.
  mutating func settle(_ lease: Lease, final: Amounts, requests: Int64, at now: Int64) {
    settle(
      reserved: lease.reserved.of(measure), final: measure == .requestsPerMinute ? requests : final.of(measure),
      takenAt: lease.grantedAt, at: now)
  }

  /// - Parameter takenAt: when the request was entered.
  package mutating func settle(reserved: Int64, final: Int64, takenAt: Int64, at now: Int64) {
    for index in buckets.indices { buckets[index].credit((reserved - final) * Meter.micro, at: now) }
    rolling.change(takenAt / StrictWindow.slotNanoseconds, by: final - reserved, at: now)
  }

  /// The server accepted a request.
  /// - Parameter windows: what ``take(_:at:)`` returned for it.
  package mutating func accepted(contradicting windows: UInt8) {
    guard windows != 0 else { return }
    for index in scores.indices where windows & (1 << UInt8(index)) != 0 {
      scores[index] = max(scores[index] + Self.acceptedScore, Self.scoreMin)
    }
  }

  /// The server throttled a request. Settle the request first.
  /// - Returns: the server's window; nil while no window has enough support.
  package mutating func throttled(_ units: Int64, at now: Int64) -> LimitWindow? {
    rolling.advance(to: now)
    if isStrict { return contradict(units, at: now) }
    guard let window = support(units, at: now) else { return nil }
    isStrict = window == .strict
    contradictions = 0
    return window
  }

  /// The strict window is safe under every window with a fixed limit. If requests are throttled all the same, the limit itself
  /// differs, and the bucket uses more of what is left of it.
  private mutating func contradict(_ units: Int64, at now: Int64) -> LimitWindow? {
    guard rolling.total + units <= limit - limit / Self.freeShare else {
      contradictions = 0
      return nil
    }
    guard contradictions == 0 || now &- contradictedAt >= LimitLearner.eventNanoseconds else { return nil }
    contradictions += 1
    contradictedAt = now
    guard contradictions >= Self.contradictionsMax else { return nil }
    isStrict = false
    scores = [0.0, 0.0, 0.0]
    phases = MinutePhases()
    return .bucket(seconds: 60)
  }

  private mutating func support(_ units: Int64, at now: Int64) -> LimitWindow? {
    for index in buckets.indices {
      buckets[index].refill(at: now)
      scores[index] += buckets[index].level < units * Meter.micro ? 1 : -1
    }
    scores[Self.strictIndex] += rolling.total + units > limit ? 1 : -1
    let isFixedMinute = phases.throttled(units, limit: limit, rolling, at: now)
    return scores.firstIndex { $0 >= Self.scoreNeeded }.map { Self.windows[$0] } ?? (isFixedMinute ? .strict : nil)
  }

  /// Begins anew with another limit.
  package mutating func set(limit: Int64, at now: Int64) { self = ShadowMeters(measure: measure, limit: limit, at: now) }
}
