/// Requests of others that share an account's quota: evenly spaced, and they always get through, so that what is left for the
/// emulator's clients is the quota less their share.
struct ForeignTraffic: Sendable {
  /// Requests that fall on one instant, and their tokens together.
  struct Event: Sendable {
    var instant: Int64
    var requests: Int64
    var tokens: Int64
  }

  /// The longest stretch that is caught up on event by event; what lies before it no longer shows in a window of a minute.
  static let catchUpNanoseconds: Int64 = 600_000_000_000
  /// Beyond a hundred a second, requests come several at once: a quota of millions must not mean millions of steps.
  static let eventsPerMinuteMax = 6_000.0

  var modelID: String
  var pool: Int
  /// Of each quota per minute, from 0 to 1.
  var share: Double
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

  /// The next event, if it is due by now.
  mutating func nextDue(by now: Int64) -> Event? {
    let behind = now - Self.catchUpNanoseconds - start
    if behind > 0 { sent = max(sent, (Double(behind) / spacing).rounded(.down)) }
    let instant = start + Int64(sent * spacing)
    guard instant <= now else { return nil }
    // Fractions are carried on: the sums are right over any number of events.
    func part(_ perEvent: Double) -> Int64 {
      Int64(((sent + 1) * perEvent).rounded(.down) - (sent * perEvent).rounded(.down))
    }
    defer { sent += 1 }
    return Event(instant: instant, requests: part(requestsPerEvent), tokens: part(tokensPerEvent))
  }
}
