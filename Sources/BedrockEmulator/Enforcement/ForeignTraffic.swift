/// Requests of others that share an account's quota: evenly spaced, and they always get through, so that what is left for the
/// emulator's clients is the quota less their share.
struct ForeignTraffic: Sendable {
  /// The longest stretch that is caught up on request by request; what lies before it no longer shows in a window of a minute.
  static let catchUpNanoseconds: Int64 = 600_000_000_000

  var modelID: String
  var pool: Int
  /// Of each quota per minute, from 0 to 1.
  var share: Double
  var requestsPerMinute: Double
  var tokensPerRequest: Int64
  var start: Int64
  private(set) var sent: Int64 = 0

  init(modelID: String, pool: Int, share: Double, requestsPerMinute: Double, tokensPerRequest: Int64, start: Int64) {
    self.modelID = modelID
    self.pool = pool
    self.share = share
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerRequest = tokensPerRequest
    self.start = start
  }

  /// The instant of the next request, if it is due by now.
  mutating func nextDue(by now: Int64) -> Int64? {
    let spacing = 60e9 / requestsPerMinute
    let behind = now - Self.catchUpNanoseconds - start
    if behind > 0 { sent = max(sent, Int64(Double(behind) / spacing)) }
    let instant = start + Int64(Double(sent) * spacing)
    guard instant <= now else { return nil }
    sent += 1
    return instant
  }
}
