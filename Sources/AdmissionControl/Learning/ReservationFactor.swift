/// Learns whether the server's reservation counts the burndown: whether a request that starts takes its input and `max_tokens` from
/// the quota, or its input and burndown × `max_tokens`.
///
/// AWS's text says the former; users have met limits that only the latter explains; nobody has measured it. So both are hypotheses.
/// A meter is kept as if the burndown counted. A throttled request that it had no room for speaks for the burndown, and an accepted
/// one against it. While the burndown is believed, requests that only it keeps back try it from time to time: one at a time, because
/// a wrong try is throttled.
struct ReservationFactor: Sendable {
  // `limiter-simulation goals` shows the effect of these values.

  /// We begin with the burndown if the quota holds this many requests with it, because it then keeps few of them back.
  private static let requestsForSafety: Int64 = 20
  /// Throttled requests that speak for the burndown until it is believed.
  private static let scoreToBelieve = 2
  /// With this score, a request that the quota can't hold with the burndown is refused.
  private static let scoreMax = 4
  /// Accepted requests that speak against it until it is not believed any more, as a negative number.
  private static let scoreToDoubt = -3
  private static let scoreMin = -10
  /// The pause after a try that was throttled; it doubles each time, up to ``pauseMax``. In nanoseconds: 5 min.
  private static let pauseMin: Int64 = 300_000_000_000
  /// 80 min.
  private static let pauseMax: Int64 = 4_800_000_000_000
  /// At least so many requests are admitted between two such tries, so that few of a thousand are throttled.
  private static let requestsPerTry = 2_000
  /// The server's level may differ from our meter's by the quota divided by this, because the server debits and settles requests
  /// at other times than we do.
  private static let slackDivisor: Int64 = 100
  /// How many of these differences stay free.
  private static let slacksFree: Int64 = 4

  /// Whether the server has room for a request if the burndown counts. If there is enough, the burndown doesn't explain that the
  /// request is throttled; if there is too little, it doesn't count if the request is accepted.
  enum Room: UInt8, Sendable {
    case enough, unclear, tooLittle
  }

  /// Whether the reservation counts the burndown, as far as we know.
  private(set) var counts: Bool
  /// Whether the answers decide. Otherwise the caller has.
  private let learns: Bool
  private var limit: Int64
  /// What the quota holds if the burndown counts.
  private var meter: Meter
  /// Above 0: for the burndown.
  private var score = 0
  private var pause = Self.pauseMin
  private var tryAt: Int64
  /// Requests that must be admitted before the next try.
  private var requestsToTry = 0
  /// What the request that tries was short of, in micro-units; nil: none is in flight.
  private var tried: Int64?
  /// When ``counts`` changed last. Requests that are older say nothing about a try.
  private var changedAt: Int64

  /// - Parameters:
  ///   - first: what the first request reserves with the burndown.
  ///   - fixed: whether the burndown counts, if the caller knows.
  ///   - begins: the hypothesis to begin with; nil: the safe one where it costs little.
  init(limit: Int64, first: Int64, fixed: Bool?, begins: Bool?, at now: Int64) {
    self.limit = limit
    learns = fixed == nil
    counts = fixed ?? begins ?? (limit / Self.requestsForSafety >= first)
    meter = Meter(rate: limit, capacity: limit, period: .minute, at: now)
    tryAt = now
    changedAt = now
  }

  private var slack: Int64 { limit / Self.slackDivisor * Meter.micro }

  /// The level that a request needs. A part of the quota stays free, because the server gives back a little later than we do what a
  /// request held whose caller went away; a request above the rest needs a full meter.
  private func need(_ units: Int64) -> Int64 { min(units * Meter.micro + Self.slacksFree * slack, meter.capacity) }

  /// Whether the quota can't hold a request with the burndown, and answers have shown that it counts.
  func neverFits(_ units: Int64) -> Bool { counts && units > limit && (!learns || score >= Self.scoreMax) }

  /// Whether a request can go now. Refills first.
  /// - Parameter units: what it reserves with the burndown.
  mutating func hasRoom(for units: Int64, at now: Int64) -> Bool {
    guard counts else { return true }
    meter.refill(at: now)
    if meter.level >= need(units) { return true }
    return mayTry && now >= tryAt
  }

  private var mayTry: Bool {
    learns && tried == nil && requestsToTry <= 0
  }

  /// Nanoseconds until a request that has no room fits or may try; nil if that takes settlements.
  func wait(for units: Int64, at now: Int64) -> Int64? {
    guard counts else { return 0 }
    var later = meter
    later.refill(at: now)
    let wait = later.wait(for: need(units))
    guard mayTry else { return wait }
    return min(wait ?? .max, max(tryAt - now, 0))
  }

  /// Enters an admitted request.
  /// - Returns: whether the server has room for it if the burndown counts.
  mutating func take(_ units: Int64, at now: Int64) -> Room {
    meter.refill(at: now)
    let short = units * Meter.micro - meter.level
    meter.debit(units * Meter.micro)
    requestsToTry -= 1
    guard short > slack else { return short > -slack ? .unclear : .enough }
    if counts, learns { tried = short - slack }
    return .tooLittle
  }

  /// Replaces what a request holds.
  mutating func settle(_ held: Int64, to units: Int64, at now: Int64) { meter.credit((held - units) * Meter.micro, at: now) }

  /// The server accepted a request.
  /// - Parameter room: what ``take(_:at:)`` returned for it.
  mutating func accepted(_ room: Room, takenAt: Int64, at now: Int64) {
    guard learns, room == .tooLittle else { return }
    score = max(score - 1, Self.scoreMin)
    guard counts, takenAt >= changedAt else { return }
    // If the burndown counts all the same, the server has this much more than we thought.
    if let tried { meter.credit(tried, at: now) }
    tried = nil
    if score <= Self.scoreToDoubt { believe(false, at: now) }
  }

  /// The server throttled a request for tokens.
  /// - Parameters:
  ///   - units: what it reserves with the burndown.
  ///   - room: what ``take(_:at:)`` returned for it.
  /// - Returns: whether the burndown explains it, so that it says nothing about the limit.
  mutating func throttled(_ units: Int64, _ room: Room, takenAt: Int64, at now: Int64) -> Bool {
    guard learns, room != .enough || units > limit else { return false }
    guard counts else {
      guard score > Self.scoreToDoubt else { return false }
      score += 1
      if score >= Self.scoreToBelieve { believe(true, at: now) }
      return true
    }
    // Others of the same try, and of the time before the burndown was believed, say nothing new.
    guard takenAt >= changedAt, takenAt >= tryAt || units > limit else { return true }
    score = min(score + 1, Self.scoreMax)
    pauseTries(at: now)
    return true
  }

  /// A request ended, with or without an answer of the server: if it was the try, another one may follow.
  mutating func ended(_ room: Room, takenAt: Int64) { if counts, room == .tooLittle, takenAt >= changedAt { tried = nil } }

  private mutating func believe(_ counts: Bool, at now: Int64) {
    self.counts = counts
    changedAt = now
    tried = nil
    if counts { pauseTries(at: now) }
  }

  private mutating func pauseTries(at now: Int64) {
    tried = nil
    tryAt = now + pause
    requestsToTry = Self.requestsPerTry
    pause = min(2 * pause, Self.pauseMax)
  }

  mutating func set(limit: Int64, at now: Int64) {
    self.limit = limit
    meter.replace(rate: limit, capacity: limit, at: now)
  }
}
