/// A pause of a candidate whose scope doesn't serve anybody. When it is over, one request tries it again.
struct CandidateRest: Sendable, Equatable {
  /// One request may try the candidate for this long before another one does.
  static let trialMax = Duration.seconds(15)

  private let failure: Kind
  /// Rests in a row.
  private let count: Int
  /// When the candidate may be tried, or tried by another request.
  private(set) var endsAt: Duration
  /// Whether a request tries it.
  private(set) var isTried = false

  private enum Kind: Sendable { case unavailable, dayExhausted, denied }

  /// The rest after a failure.
  /// - Parameter last: the rest that the candidate has not ended yet; nil if it has none.
  init(after failure: ScopeFailure, _ last: CandidateRest?, at now: Duration) {
    let (kind, first, most): (Kind, Duration, Duration) =
      switch failure {
      case .unavailable(let asked): (.unavailable, max(asked ?? .zero, .seconds(1)), .seconds(60))
      // AWS doesn't say when the tokens of a day are back.
      case .dayExhausted: (.dayExhausted, .seconds(600), .seconds(3_600))
      // An administrator may grant access meanwhile.
      case .denied: (.denied, .seconds(300), .seconds(3_600))
      }
    // A request that was in flight when the rest began is no further failure: the rest lasts its first length from now.
    if let last, last.failure == kind, !last.isTried, last.endsAt > now {
      self = last
      endsAt = max(last.endsAt, now + min(first, most))
      return
    }
    self.failure = kind
    count = (last.map { $0.failure == kind ? $0.count : 0 } ?? 0) + 1
    endsAt = now + min(first * (1 << min(count - 1, 6)), most)
  }

  /// Whether the scope has no tokens today or denies access, and doesn't only lack room.
  var isLasting: Bool { failure != .unavailable }

  /// A request tries it from now on.
  mutating func tried(at now: Duration) { (isTried, endsAt) = (true, now + Self.trialMax) }

  /// The request that was to try it went elsewhere.
  mutating func released(at now: Duration) { if isTried { (isTried, endsAt) = (false, now) } }
}
