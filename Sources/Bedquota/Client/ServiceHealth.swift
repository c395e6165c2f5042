import AWSWire

/// What a client knows of its service: whether it answers, and who may try when it can't be reached.
///
/// While no connection can be made, one request tries at a time and the others wait, so that a thousand of them don't knock at
/// once. The first answer lets all go.
struct ServiceHealth: Sendable {
  /// Whether a request may be sent now.
  enum Leave: Sendable, Equatable {
    case go
    /// Ask again after this time.
    case wait(Duration)
    /// The service has been away for too long.
    case giveUp
  }

  /// The service can't be reached.
  private struct Away: Sendable {
    var since: Duration
    var failures: Int
    var nextAt: Duration
    /// When the request began that tries; nil if none does.
    var triesSince: Duration?
    var error: AWSClientError
  }

  /// The longest pause between two tries, which is scaled by the dice.
  private static let pauseMax = Duration.seconds(20)
  /// A request that tries for longer than this has probably been given up.
  private static let tryMax = Duration.seconds(15)
  /// Waiting requests ask this often, so that all go soon after the service is back.
  private static let askInterval = Duration.milliseconds(500)

  private var away: Away?
  /// When the service began to answer nothing but that it has no room, and with which error.
  private var busy: (since: Duration, code: String)?
  /// When it last answered a request with a reply.
  private(set) var answeredAt: Duration?

  /// A reply has begun.
  mutating func answered(at now: Duration) {
    (away, busy, answeredAt) = (nil, nil, now)
  }

  /// An attempt has failed.
  /// - Parameter dice: a random number from 0 to 1.
  mutating func failed(_ error: any Error, dice: Double, at now: Duration) {
    guard let error = error as? AWSClientError else { return }
    let failure = InvocationFailure(error)
    switch failure.kind {
    case .unreachable: wasAway(error, dice: dice, at: now)
    case .capacity, .throttled:
      away = nil
      busy = busy ?? (now, error.shortDescription)
    default: if failure.isAnswered { away = nil }
    }
  }

  private mutating func wasAway(_ error: AWSClientError, dice: Double, at now: Duration) {
    guard var away else {
      self.away = Away(since: now, failures: 1, nextAt: now + .milliseconds(500) * dice, error: error)
      return
    }
    // Those that were under way when the service went don't lengthen the pause.
    guard away.triesSince != nil else { return }
    away.failures += 1
    away.nextAt = now + min(Self.pauseMax, .milliseconds(250 << min(away.failures, 7))) * dice
    away.triesSince = nil
    away.error = error
    self.away = away
  }

  /// Asks for a request whether it may be sent. Whoever gets leave while the service is away is the one that tries.
  /// - Parameter patience: how long a service may be away.
  mutating func leave(patience: Duration, at now: Duration) -> Leave {
    guard var away else { return .go }
    guard now - away.since < patience else { return .giveUp }
    if let since = away.triesSince, now - since < Self.tryMax { return .wait(Self.askInterval) }
    guard now >= away.nextAt else { return .wait(min(away.nextAt - now, Self.askInterval)) }
    away.triesSince = now
    self.away = away
    return .go
  }

  /// The error with which the service was last away; nil if it is not.
  var awayError: AWSClientError? { away?.error }

  /// What the client waits for, as a sentence; nil if it waits for no more than its quota.
  func waitingFor(at now: Duration) -> String? {
    if let away {
      let first = away.error.message.prefix { $0 != ";" }
      let seconds = max(.zero, away.nextAt - now).components.seconds
      return seconds > 0 ? "\(first); next attempt in \(seconds) s" : "\(first); trying again"
    }
    guard let busy, now - busy.since >= .seconds(5) else { return nil }
    return "The service has answered \(busy.code) for \((now - busy.since).components.seconds) s; requests are sent again later"
  }
}
