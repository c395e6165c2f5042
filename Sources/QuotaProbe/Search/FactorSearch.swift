import BedrockQuotas

/// Finds the factor k with which max_tokens count in a reservation: 1, or the model's burndown.
///
/// From a full quota, a trial with max_tokens M passes if and only if input + k · M ≤ H, what the quota holds. H isn't certain
/// either: the service may enforce more or less than the applied value, and a window of some seconds holds only a part of a
/// minute's tokens. A bound on M alone therefore gives H ÷ k. Input tells the two apart, because it counts once whatever k is.
///
/// | stage | sends, from a full quota | tells |
/// |---|---|---|
/// | bracket | one trial after the other with a short prompt | max_tokens L pass and U don't, so H is from k · L to k · U |
/// | input | max_tokens L − δ and so much input more that it passes with k = burndown and not with k = 1 | k |
/// | together | if the most that the model takes passes: several trials in flight at once, as many as would reserve more than twice the quota with k = burndown | k = 1 if all pass; else nothing |
/// | again | the deciding trials once more, a minute later | whether other traffic interfered |
struct FactorSearch: Sendable {
  enum Answered: Equatable {
    /// Trials of the question are still in flight.
    case pending
    /// The next question begins at this instant.
    case next(at: Int64)
    case stop(ProbeStop)
  }

  /// Why k isn't known at the end.
  enum Obstacle: Sendable, Equatable {
    /// Neither one trial nor a few in flight at once reserve enough of the quota; the number that would.
    case outOfReach(together: Int?)
    /// The quota isn't known, so nothing follows from what passes.
    case unknownQuota
    /// Some of the trials in flight at once were throttled: k is the burndown, or the quota holds less than a minute's tokens.
    case severalThrottled
    /// Trials that should have been in flight at once may have run one after the other.
    case noOverlap
    /// The bounds of max_tokens are too far apart, or too small, for a prompt of sensible length to decide.
    case bracket
    /// A trial passed and was throttled in turn.
    case contradiction
  }

  /// Identical trials whose answers decide one thing.
  struct Question: Sendable, Equatable {
    var kind: ProbeStep.Kind
    var size: TrialSize
    var count = 1
    /// Whether all should pass; nil: that is what is asked.
    var expected: Bool?
  }

  private typealias Numbers = Tuning.Factor

  private let burndown: Int
  /// Tokens per minute as applied; nil if not known.
  private let quota: Double?
  private let replyMax: Int
  private let promptTokens: Int
  private(set) var question: Question
  private var left: Int
  /// Index of the question's first trial in the log.
  private var first = 0
  private var brackets = 0
  /// The most max_tokens that passed with a short prompt, and the fewest that were throttled.
  private(set) var passed: Int?
  private(set) var throttled: Int?
  private var repeats: [Question] = []
  /// What the first answers say.
  private var likely: Int?
  /// k, once the deciding trials were answered twice alike.
  private(set) var factor: Int?
  private(set) var obstacle: Obstacle?
  private(set) var evidence: [ProbeFactor.Trial] = []
  /// Quota tokens that trials have kept since the quota was last full.
  private var kept = 0

  init(burndown: Int, _ context: SearchContext) {
    let (options, prior) = (context.options, context.prior)
    self.burndown = max(burndown, 2)
    quota = prior.tokensPerMinute
    replyMax = max(options.replyTokensMax, 1)
    promptTokens = max(options.tokensPerRequestMin - 1, 1)
    question = Question(kind: .bracket, size: TrialSize(inputTokens: promptTokens))
    left = 1
    question.size.maxTokens = start
    first = context.log.entries.count
  }

  // MARK: Sending

  mutating func send(due: Int64, _ log: TrialLog) -> Departure {
    if left == question.count { first = log.entries.count }
    left -= 1
    return Departure(
      size: question.size, kind: question.kind, startsStep: nil, spacing: Tuning.second, nextDue: left > 0 ? due : nil)
  }

  // MARK: Answers

  /// Takes the answer of a trial, which the log has already.
  mutating func answered(_ outcome: ProbeOutcome, at now: Int64, _ log: TrialLog) -> Answered {
    if outcome == .throttled(.requests) { return .stop(.otherQuota) }
    guard left == 0, log.inFlight == 0 else { return .pending }
    let entries = log.entries[first...]
    kept += entries.reduce(0) { $0 + $1.final }
    guard entries.allSatisfy({ $0.state == .accepted || $0.isThrottled }) else {
      // Nothing follows from trials that failed.
      return ask(question, at: now + Numbers.retryAfter)
    }
    let excess = question.size.inputTokens * Numbers.overrun + Numbers.keptMax(burndown)
    if entries.contains(where: { $0.final > excess }) { return .stop(.longAnswers) }
    let accepted = entries.count { $0.state == .accepted }
    evidence.append(
      ProbeFactor.Trial(
        kind: question.kind, inputTokens: question.size.inputTokens, maxTokens: question.size.maxTokens,
        together: entries.count, accepted: accepted))
    return decide(accepted == entries.count, isTogether: Self.overlap(entries), at: now)
  }

  /// Whether all trials were in flight at once, by their times and with some margin for the way to the service.
  private static func overlap(_ entries: ArraySlice<TrialLog.Entry>) -> Bool {
    guard entries.count > 1 else { return true }
    let begun = entries.map(\.sentAt).max() ?? 0
    return entries.filter { $0.state == .accepted }.allSatisfy { $0.answeredAt >= begun + Numbers.overlapMin }
  }

  private mutating func decide(_ passes: Bool, isTogether: Bool, at now: Int64) -> Answered {
    if let expected = question.expected {
      if expected != passes { return give(up: .contradiction) }
      guard repeats.isEmpty else { return ask(repeats.removeFirst(), at: now) }
      factor = likely
      return .stop(.found)
    }
    switch question.kind {
    case .bracket: return bracket(passes, at: now)
    case .input: return conclude(passes ? burndown : 1, passes, at: now)
    default:
      if !passes { return give(up: .severalThrottled) }
      return isTogether ? conclude(1, passes, at: now) : give(up: .noOverlap)
    }
  }

  // MARK: Bracket

  private mutating func bracket(_ passes: Bool, at now: Int64) -> Answered {
    brackets += 1
    let tokens = question.size.maxTokens
    if passes { passed = max(passed ?? 0, tokens) } else { throttled = min(throttled ?? .max, tokens) }
    if let passed, throttled == nil, passed >= replyMax { return beyond(passed, at: now) }
    if let passed, let throttled {
      // A small trial was throttled, and a larger one passed.
      guard throttled > passed else { return give(up: .contradiction) }
      let isNear = Double(throttled) / Double(passed) <= Numbers.ratio
      if let size = weighing(passed, throttled), isNear || size.inputTokens <= Numbers.inputCheap {
        return ask(Question(kind: .input, size: size), at: now)
      }
    }
    if brackets < Numbers.bracketsMax, let next = nextBound {
      return ask(Question(kind: .bracket, size: TrialSize(inputTokens: promptTokens, maxTokens: next)), at: now)
    }
    guard let passed, let throttled, let size = weighing(passed, throttled) else { return give(up: .bracket) }
    return ask(Question(kind: .input, size: size), at: now)
  }

  /// What passes at most if max_tokens count `factor` times and the quota holds what is applied.
  private func bound(_ factor: Int) -> Double? { quota.map { max(($0 - Double(promptTokens)) / Double(factor), 1) } }

  /// Between the bounds of the two factors, so that the first answer tells which of them is near.
  private var start: Int {
    guard let once = bound(1), let often = bound(burndown) else { return replyMax }
    return min(max(Int(saturating: (once * often).squareRoot()), 1), replyMax)
  }

  /// The next max_tokens to try, between those that passed and those that were throttled; nil if there is nothing between.
  private var nextBound: Int? {
    let (low, high) = (passed ?? 0, throttled ?? .max)
    // First on both sides of the bound that the first answer points to, and there first on the side that may be wrong.
    let isOften = high <= start
    if let bound = bound(isOften ? burndown : 1), Double(low) < bound, bound < Double(high) {
      let step = max(bound * Numbers.beside, Double(promptTokens))
      let sides = [min(Int(saturating: bound + step), replyMax), Int(saturating: bound - step)]
      if let tokens = (isOften ? sides.reversed() : sides).first(where: { low < $0 && $0 < high }) { return tokens }
    }
    let next =
      low == 0
      ? Double(high) * Numbers.shrink : high == .max ? Double(low) / Numbers.shrink : (Double(low) * Double(high)).squareRoot()
    let tokens = min(Int(saturating: next), replyMax)
    return low < tokens && tokens < high ? tokens : nil
  }

  // MARK: Input

  /// A trial with max_tokens a little below what passed and some input more, which passes if k is the burndown and is throttled if
  /// k is 1; nil if none of sensible length does.
  private func weighing(_ passed: Int, _ throttled: Int) -> TrialSize? {
    let (width, burndown) = (Double(throttled - passed), Double(burndown))
    // With k = 1 it fails if `more` exceeds width + less; with k = burndown it passes up to burndown × less.
    let margin = Numbers.margin(burndown: burndown)
    let square = margin * margin
    let less = max(width * square / (burndown - square), 1).rounded(.up)
    let more = (burndown * less * (width + less)).squareRoot().rounded()
    guard more <= Double(Numbers.inputMax), less < Double(passed), width + less < more, more < burndown * less else { return nil }
    return TrialSize(inputTokens: promptTokens + Int(more), maxTokens: passed - Int(less))
  }

  // MARK: Together

  /// The most that the model takes has passed, so one trial can't be throttled.
  private mutating func beyond(_ passed: Int, at now: Int64) -> Answered {
    guard let quota, quota > 0 else { return give(up: .unknownQuota) }
    // No window holds more than a minute's tokens, so either nothing is reserved or the quota is another one.
    if Double(passed) > Numbers.beyond * quota { return .stop(.notHeld) }
    let count = Numbers.together(quota: quota, burndown: burndown, maxTokens: passed)
    if count <= 1 { return conclude(1, true, at: now) }
    guard count <= Numbers.togetherMax else { return give(up: .outOfReach(together: count)) }
    let tokens = min(Int(saturating: (Numbers.beyond * quota / Double(burndown * count)).rounded(.up)), passed)
    return ask(
      Question(kind: .together, size: TrialSize(inputTokens: promptTokens, maxTokens: tokens), count: count), at: now)
  }

  // MARK: Again

  /// Asks the deciding questions once more, when the quota is full for certain. Trials that passed together needn't: other traffic
  /// can't have helped them.
  private mutating func conclude(_ factor: Int, _ passes: Bool, at now: Int64) -> Answered {
    likely = factor
    var sizes: [(size: TrialSize, expected: Bool)] = []
    if question.kind == .input, let passed, let throttled {
      sizes = [
        (TrialSize(inputTokens: promptTokens, maxTokens: throttled), false),
        (TrialSize(inputTokens: promptTokens, maxTokens: passed), true),
      ]
    }
    if question.count == 1 { sizes.append((question.size, passes)) }
    repeats = sizes.map { Question(kind: .again, size: $0.size, expected: $0.expected) }
    guard !repeats.isEmpty else {
      self.factor = factor
      return .stop(.found)
    }
    kept = .max / 2
    return ask(repeats.removeFirst(), at: now)
  }

  private mutating func ask(_ next: Question, at now: Int64) -> Answered {
    (question, left) = (next, next.count)
    guard Double(kept) > (quota ?? Double(replyMax)) * Numbers.keptShare else { return .next(at: now + Numbers.pause) }
    kept = 0
    return .next(at: now + Numbers.rest)
  }

  private mutating func give(up obstacle: Obstacle) -> Answered {
    self.obstacle = obstacle
    return .stop(.unclear)
  }
}
