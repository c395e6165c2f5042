/// Emulated requests of other clients of the account. They are evenly spaced and always admitted, so the emulator's clients get
/// the quota less their share.
struct ForeignTraffic: Sendable {
  /// Requests at one instant.
  struct Event: Sendable {
    var instant: Int64
    var requests: Int64
    /// The tokens of all requests together.
    var tokens: Int64
    /// Too old for the windows of a minute: it counts only in those of a day and in the metrics.
    var isOld = false
  }

  /// The age in nanoseconds above which events are merged into one per minute.
  static let recentNanoseconds: Int64 = 600_000_000_000
  /// The age in nanoseconds above which events are skipped: metrics are kept for 15 days.
  static let oldNanosecondsMax: Int64 = 15 * 86_400_000_000_000
  /// Above 100 requests a second, an event has several requests, so that a quota of millions doesn't need millions of events.
  static let eventsPerMinuteMax = 6_000.0

  let modelID: String
  let pool: Int
  /// The share of each quota per minute, from 0 to 1.
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

  /// The instant of the next event.
  var nextInstant: Int64 { start + Int64(sent * spacing) }

  /// Takes the next event.
  mutating func next() -> Event { take(1, isOld: false) }

  /// Takes the events of one minute that are older than ``recentNanoseconds``; nil if there are none.
  mutating func nextOld(at now: Int64) -> Event? {
    let recent = (Double(now - Self.recentNanoseconds - start) / spacing).rounded(.down)
    guard recent > sent else { return nil }
    sent = max(sent, (Double(now - Self.oldNanosecondsMax - start) / spacing).rounded(.down))
    return take(min(max((60e9 / spacing).rounded(.down), 1), recent - sent), isOld: true)
  }

  private mutating func take(_ events: Double, isOld: Bool) -> Event {
    let instant = nextInstant
    // Fractions carry over to the next event, so the sums are exact.
    func part(_ perEvent: Double) -> Int64 {
      Int64(((sent + events) * perEvent).rounded(.down) - (sent * perEvent).rounded(.down))
    }
    defer { sent += events }
    return Event(instant: instant, requests: part(requestsPerEvent), tokens: part(tokensPerEvent), isOld: isOld)
  }
}
