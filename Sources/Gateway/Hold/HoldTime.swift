/// How long a request is held at most.
package enum HoldTime {
  /// What a client's patience keeps for the network and for us.
  package static let margin = Duration.seconds(5)
  /// The time between two keep-alives, and the longest until the first.
  package static let keepAliveInterval = Duration.seconds(15)

  /// The time that a request has to be admitted where there is room, for a client that wants no wait at all.
  package static let shortest = Duration.milliseconds(100)

  /// How long a request may wait for its turn: as long as the key's `maxWait` allows, and not so long that the client would give up
  /// before its reply arrives.
  /// - Parameters:
  ///   - maxWait: what the caller's key allows.
  ///   - isStream: whether the client waits for the first byte of a stream, and not for a whole reply.
  ///   - isKeptAlive: whether the client is shown while it waits that its request lives.
  package static func longest(
    _ patience: ClientPatience, maxWait: Duration, times: ServiceTimes.Figures, isStream: Bool, isKeptAlive: Bool = false
  ) -> Duration {
    var hold = maxWait
    if !isKeptAlive, let silence = isStream ? patience.streamSilence : patience.silence {
      let service = isStream ? times.firstByte95 : times.whole95
      hold = min(hold, max(silence - service - margin, patience.holdMin))
    }
    return patience.maxWait.map { min(hold, max($0, shortest)) } ?? hold
  }

  /// Whether a request that has waited is still worth sending when its turn comes: half of the replies arrive before its client gives
  /// up. A request that didn't wait is always sent, as if no gateway were there.
  /// - Parameter waited: the time since the request came.
  package static func isWorthSending(
    _ patience: ClientPatience, waited: Duration, times: ServiceTimes.Figures, isStream: Bool, isKeptAlive: Bool = false
  ) -> Bool {
    guard !isKeptAlive, let silence = isStream ? patience.streamSilence : patience.silence else { return true }
    return silence - waited >= (isStream ? times.firstByte50 : times.whole50)
  }
}
