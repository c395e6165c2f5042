/// Starts with a full quota and sends at several times the expected rate until most trials are throttled, which shows the
/// capacity of a bucket.
struct Burst: Sendable {
  enum Due {
    /// Send the trial.
    case send
    /// The quota is empty: continue with the plateau, which sends the trial.
    case plateau(Plateau)
  }

  /// The facts about the burst that the plateau needs.
  struct Summary: Sendable {
    /// Index of the first throttled trial.
    var firstThrottled: Int
    /// Seconds from the first trial of the search to the first throttled one.
    var seconds: Double
  }

  private typealias Numbers = Tuning.Burst

  let size: TrialSize
  /// Index of the burst's first trial.
  private let start: Int
  /// The number of trials sent before the present rate was set.
  private var mark: Int
  private var spacing: Int64
  private var firstThrottled: Int?

  init(size: TrialSize, _ context: SearchContext) {
    self.size = size
    start = context.log.entries.count
    mark = start
    let latency = max(Double(context.log.latency) / 1e9, Tuning.latencyMin)
    let factor = min(max(Numbers.overloadSeconds / latency, Numbers.overload.lowerBound), Numbers.overload.upperBound)
    var rate = Numbers.rate
    if let expected = Self.expected(size, context.prior) { rate = expected / 60 * factor }
    spacing = Departure.spacing(min(max(rate, Numbers.rateMin), context.rateMax))
  }

  /// The expected requests per minute; nil unless all quotas that may bind are known.
  private static func expected(_ size: TrialSize, _ prior: ProbePrior) -> Double? {
    prior.requestsPerMinute == nil || prior.tokensPerMinute == nil
      ? nil : prior.limit(tokens: size.reservation)?.requestsPerMinute
  }

  func send(due: Int64, at now: Int64) -> Departure {
    Departure(size: size, kind: .burst, spacing: spacing, nextDue: Departure.nextDue(after: due, pause: spacing, at: now))
  }

  mutating func answered(_ outcome: ProbeOutcome, _ log: TrialLog) {
    guard case .throttled = outcome, firstThrottled == nil else { return }
    firstThrottled = log.entries.firstIndex { $0.isThrottled && $0.sentAt >= log.entries[start].sentAt }
  }

  mutating func due(at now: Int64, _ context: SearchContext) -> Due {
    guard let first = firstThrottled else {
      accelerate(context)
      return .send
    }
    let log = context.log
    let recent = log.latest(Numbers.recent, since: first, at: now)
    let tail = log.latest(Numbers.tail, since: first, at: now)
    let accepted = tail.count - tail.throttled
    let isEmpty =
      recent.throttled >= Numbers.recentThrottled
      && (accepted >= Numbers.tailAccepted || tail.count >= (accepted == 0 ? Numbers.tailBarren : Numbers.tail))
    let isLong = log.latest(Int.max, since: first, at: now).count >= max(Numbers.endAfter, first / Numbers.endShare)
    guard isEmpty || isLong else { return .send }
    let seconds = Double(log.entries[first].sentAt - log.startedAt) / 1e9
    return .plateau(
      Plateau(
        typical: size, after: Summary(firstThrottled: first, seconds: seconds),
        tail: (accepted: accepted, seconds: tail.seconds), at: now, context))
  }

  /// Doubles the rate if more trials were sent without a 429 than expected.
  private mutating func accelerate(_ context: SearchContext) {
    let sent = context.log.entries.count - mark
    // If no rate is expected, the rate doubles until it uses up a minute's quota within a few latencies.
    let pace =
      1e9 / Double(spacing) * max(Numbers.doublingSeconds, Numbers.doublingLatencies * Double(context.log.latency) / 1e9)
    let expected =
      Self.expected(size, context.prior).map { max(Numbers.doublingShare * $0, Numbers.doublingMin) } ?? pace
    guard Double(sent) >= expected else { return }
    spacing = Departure.spacing(min(2e9 / Double(spacing), context.rateMax))
    mark = context.log.entries.count
  }
}
