/// Tokens per minute by reservation: a short prompt with a large max_tokens takes much of the quota while it runs, and gives nearly
/// all of it back.
///
/// As long as more is sent than the quota holds, what is out at once says how large it is. In a bucket that comes back at a rate r,
/// what is out grows by r · t, for it was full when it began and gets back whatever was lent; in a window it stays what it is.
/// That tells buckets of some seconds and rolling windows; whatever else there may be looks like neither, and is not guessed at.
struct ProbeHold: Sendable {
  /// When the first one was refused for tokens.
  var fullAt: Int64?
  /// Smaller ones to be sent next, to find the brim before anything comes back.
  var fine: [ProbeShape] = []
  /// When the first fill began, the present one, and when it was last made faster.
  var firstAt: Int64?
  var startedAt: Int64 = 0
  var doubledAt: Int64 = 0
  var pacedAt: Int64 = 0
  /// How many times more is offered than ends.
  var overload = 2.5
  /// Once all have ended the quota is whole again, and it is begun anew.
  var isDraining = false
  var restarts = 0
  /// Quota tokens before the fill, out when it was full, and out at the latest refusal.
  var before: Int64 = 0
  var filled: Int64 = 0
  var latest: Int64 = 0

  /// An answer that keeps more quota tokens than this is no short one.
  static let keptMax = 120
  /// What the first one may be at most: enough to see that a model talks, before it is let to talk for as long as it likes.
  static let firstReply = 128
  /// What is out at once in full, in requests: so few that they are cheap, so many that each is a small part.
  static let parts = 12.0
  /// So few or so many that fill the quota make it worth to begin anew with another size.
  static let sensible = 9.0...40.0
  static let restartsMax = 4
  static let overloadMax = 8.0
  /// So many short answers, one after the other, before a model is let to answer at length.
  static let proofs = 5
  /// Nanoseconds without a refusal after which a bucket of two seconds may be half full again.
  static let quiet: Int64 = 800_000_000
  /// Nanoseconds with the quota held before anything is concluded, for a window to show what it does at the end of a minute,
  /// and until it is given up.
  static let least: Int64 = 15_000_000_000
  static let windowLeast: Int64 = 75_000_000_000
  static let most: Int64 = 150_000_000_000
  /// After so long, answers that lie this far from any line, in requests, will not come nearer to one.
  static let noiseLeast: Int64 = 30_000_000_000
  static let noiseMax = 0.5
  /// A bucket of fewer seconds than this changes so much in the time of a reply that its rate is not known well.
  static let secondsLeast = 4.0

  static func shape(_ options: ProbeOptions, _ prior: ProbePrior) -> ProbeShape {
    let part = prior.tokensPerMinute.map { $0 / parts } ?? Double(options.replyTokensMax)
    return ProbeShape(
      inputTokens: options.tokensPerRequestMin - 1, maxTokens: Int(min(max(part, 16), Double(options.replyTokensMax))))
  }
}
