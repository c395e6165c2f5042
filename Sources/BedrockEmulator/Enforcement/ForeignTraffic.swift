/// Requests of others that share an account's quota: evenly spaced, and they always get through, so that what is left for the
/// emulator's clients is the quota less their share.
struct ForeignTraffic: Sendable {
  /// Requests that fall on one instant, and their tokens together.
  struct Event: Sendable {
    var instant: Int64
    var requests: Int64
    var tokens: Int64
    /// So long ago that it shows in no window of a minute any more; only in the day's, and in the metrics.
    var isOld = false
  }

  /// What lies further back is caught up on minute by minute.
  static let recentNanoseconds: Int64 = 600_000_000_000
  /// What lies further back than metrics are kept is left out: 15 days.
  static let oldNanosecondsMax: Int64 = 15 * 86_400_000_000_000
  /// Beyond a hundred a second, requests come several at once: a quota of millions must not mean millions of steps.
  static let eventsPerMinuteMax = 6_000.0

  let modelID: String
  let pool: Int
  /// Of each quota per minute, from 0 to 1.
  let share: Double
  private let start: Int64
  private let spacing: Double
  private let requestsPerEvent: Double
  private let tokensPerEvent: Double
  private var sent = 0.0

  init(modelID: String, pool: Int, share: Double, requestsPerMinute: Double, tokensPerMinute: Double, start: Int64) {
    self.modelID = modelID
    self.pool = pool
    self.share = share
    self.start = start
    let events = min(max(requestsPerMinute, 1e-3), Self.eventsPerMinuteMax)
    spacing = 60e9 / events
    requestsPerEvent = max(requestsPerMinute, 1e-3) / events
    tokensPerEvent = tokensPerMinute / events
  }

  /// When the next event is due.
  var nextInstant: Int64 { start + Int64(sent * spacing) }

  /// The next event; it has happened then.
  mutating func next() -> Event { take(1, isOld: false) }

  /// What has happened before the last ten minutes, a minute at a time; nil where nothing is left of it.
  mutating func nextOld(at now: Int64) -> Event? {
    let recent = (Double(now - Self.recentNanoseconds - start) / spacing).rounded(.down)
    guard recent > sent else { return nil }
    sent = max(sent, (Double(now - Self.oldNanosecondsMax - start) / spacing).rounded(.down))
    return take(min(max((60e9 / spacing).rounded(.down), 1), recent - sent), isOld: true)
  }

  private mutating func take(_ events: Double, isOld: Bool) -> Event {
    let instant = nextInstant
    // Fractions are carried on: the sums are right over any number of events.
    func part(_ perEvent: Double) -> Int64 {
      Int64(((sent + events) * perEvent).rounded(.down) - (sent * perEvent).rounded(.down))
    }
    defer { sent += events }
    return Event(instant: instant, requests: part(requestsPerEvent), tokens: part(tokensPerEvent), isOld: isOld)
  }
}
