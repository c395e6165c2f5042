/// Decides when a reply is late, and whether a second attempt is worth its tokens. It reads no clock.
struct HedgeBook: Sendable {
  /// Fewer replies say nothing about the slowest of a hundred.
  private static let timesMin = 100
  private static let timesMax = 512
  /// The 99th percentile is looked for again after so many replies.
  private static let timesOfOnePercentile = 32
  /// So that a quiet hour doesn't pay for a storm of second attempts: tokens.
  private static let savedMax = 1_000_000.0

  private let share: Double
  private var times: [Duration] = []
  private var next = 0
  private var untold = 0
  private var percentile: Duration?
  private var saved = 0.0
  /// Second attempts that were sent.
  private(set) var sent: UInt64 = 0
  /// Those whose replies came first.
  private(set) var won: UInt64 = 0

  /// - Parameter share: the part of all quota tokens that second attempts may reserve.
  init(share: Double) { self.share = min(max(share, 0), 0.5) }

  /// How long after it was sent a request without the first byte of a reply is late; nil: too few replies are known.
  var lateAfter: Duration? { percentile }

  /// A reply has begun so long after its request was sent.
  mutating func began(after time: Duration) {
    if times.count < Self.timesMax { times.append(time) } else { times[next] = time }
    next = (next + 1) % Self.timesMax
    untold += 1
    guard times.count >= Self.timesMin, percentile == nil || untold >= Self.timesOfOnePercentile else { return }
    untold = 0
    let sorted = times.sorted()
    percentile = sorted[min(sorted.count * 99 / 100, sorted.count - 1)]
  }

  /// A reply has cost so many quota tokens.
  mutating func used(_ tokens: Int64) { saved = min(saved + share * Double(max(tokens, 0)), Self.savedMax) }

  /// Takes what a second attempt reserves.
  /// - Returns: false if it would exceed the share.
  mutating func take(_ tokens: Int64) -> Bool {
    guard Double(tokens) <= saved else { return false }
    saved -= Double(tokens)
    return true
  }

  /// What an action means for a second attempt: it is sent; or, when it has ended, the share gets back what it took and didn't cost.
  mutating func ended(_ second: HedgeRole.Second, _ action: RequestCourse.Action, isWon: Bool) {
    let cost: Int64
    switch action {
    case .send:
      sent += 1
      return
    case .resend(_, let charge, _):
      saved -= Double(charge.quotaTokens)
      return
    case .settle(_, let charge, _): cost = charge?.quotaTokens ?? 0
    case .giveUp: cost = 0
    default: return
    }
    // It may have cost more than it took; the next ones pay for that.
    saved = min(saved + Double(second.tokens - cost), Self.savedMax)
    if isWon { won += 1 }
  }
}
