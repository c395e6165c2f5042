import AWSWire
import AdmissionControl

/// One request, from its first reservation to its settlement. Decides whether and when it is retried, and what is settled.
///
/// A pure state machine: each event is a method that takes the time and returns the one thing to do next. It waits for nothing,
/// sends nothing and reads no clock; ``QuotaAwareClient`` and ``ModelStream`` do that for it.
///
/// ```
/// started ──begin──▶ counting ──counted──▶ reserving ──granted──▶ sending ──headArrived──▶ receiving
///                                            ▲   │                   │                        │
///                                            │   └─stopped─▶┐        │                        │
///                                            └──resumed── pausing ◀──┴────────failed──────────┤
///                                                                                             ├──replied──▶ ended
///                       ended ◀──streamEnded, streamBroke── streaming ◀──────streamBegan──────┘
/// ```
///
/// `counting` is left out unless ``Rules/countsTokens`` asks for it. From every state, an error that a retry can't fix leads to
/// `ended`. `stopped` leads to `pausing` only if the limiter's retry budget is used up. Times are those of a clock that never goes
/// back.
///
/// What failed attempts mean is ``InvocationFailure``'s. An attempt that can't be paid is repeated as long as the patience lasts; one
/// that may be paid only if ``Rules`` allow it, and at most ``Rules/attemptsMax`` times.
struct RequestCourse: Sendable {
  /// The settings that all requests of a client share.
  struct Rules: Sendable {
    /// Attempts for a request, the first included.
    var attemptsMax: Int
    /// How long a request may take, including all waiting; nil: no deadline.
    var deadline: Duration?
    /// How the endpoint counts tokens.
    var metering: TokenMetering
    /// Whether Bedrock is asked for the number of input tokens before the first attempt.
    var countsTokens: Bool
    /// How long a request waits for a service that is away or has no room; 0: its attempts decide.
    var patience = Duration.zero
    /// Whether it is sent again after a connection broke that had taken all of it.
    var resendsAfterLoss = false
    /// Whether it is sent again after the service was silent for too long.
    var resendsAfterTimeout = false
  }

  /// How long a request that is throttled, or for which this machine has no connection, waits at least. Both are refusals, which no
  /// number of attempts bounds.
  static let refusalPatienceMin = Duration.seconds(300)

  enum State: Sendable {
    /// Nothing has happened yet; leaves by `begin`.
    case started
    /// Bedrock is asked for the number of input tokens; leaves by `counted`, `stopped`.
    case counting
    /// The limiter is asked; leaves by `granted`, `stopped`.
    case reserving(since: Duration)
    /// An attempt is being sent, perhaps not completely yet; leaves by `headArrived`, `failed`.
    case sending
    /// The reply has begun, so the whole request was sent; leaves by `replied`, `streamBegan`, `failed`.
    case receiving
    /// The caller reads the reply; leaves by `streamEnded`, `streamBroke`.
    case streaming
    /// Between two attempts, nothing is reserved; leaves by `resumed`, `stopped`.
    case pausing
    /// Everything is settled and counted.
    case ended
  }

  private(set) var rules: Rules
  private(set) var size: InputSize
  /// The most output tokens that it reserves.
  private var maxTokens: Int64
  /// The most that it can use, whatever its reply reports.
  private(set) var bound: UsageBound
  /// How long its reply may become.
  private var allowance: OutputAllowance
  /// The scopes that may take it if this one doesn't.
  var alternatives = Alternatives()
  let startedAt: Duration
  var state = State.started
  private(set) var cost = Cost(input: 0, maxTokens: 0)
  private(set) var waited = Duration.zero
  /// When the first attempt failed that can't be paid.
  var refusedSince: Duration?
  /// Whether the service had no room for the last attempt. Only such a retry adds to its load, so only such a retry draws on the
  /// limiter's retry budget.
  var wasRefused = false
  /// Attempts that may be paid.
  var lostAttempts = 0
  /// Why the next attempt is sent.
  var cause = Cause.start
  /// Times in a row that the limiter had no room for a retry.
  private var budgetRefusals = 0
  /// The values from which the cost of a reply is estimated while it arrives.
  private var estimate = TokenEstimator.StreamEstimate()
  /// Bytes of output that have arrived, and the usage that the reply reported.
  var outputBytes = 0
  var usage: TokenUsage?
  /// Where it counts if it is of the tier `reserved`; nil if it isn't.
  var tier: TierUse?
  /// Whether the reply says that it ended for its length.
  private var endsAtLength = false

  /// The number of attempts that were sent.
  private(set) var attempts = 0
  /// Whether the service has received the whole last attempt, so that a retry may run the model twice. False if that isn't known.
  var wasSentWhole = false

  /// - Parameters:
  ///   - size: the size of the body, measured once.
  ///   - maxTokens: the most output tokens that the request allows, and so reserves.
  ///   - bound: the most that the request can use.
  ///   - allowance: how long its reply may become.
  init(
    _ size: InputSize, maxTokens: Int64, bound: UsageBound = .none, allowance: OutputAllowance = .unknown, rules: Rules,
    at now: Duration
  ) {
    self.allowance = allowance
    self.size = size
    self.bound = bound
    self.maxTokens = maxTokens
    self.rules = rules
    startedAt = now
  }

  /// It goes on at another client, whose rules hold from now on. What it has waited for and tried remains.
  mutating func move(to bounds: RequestBounds, _ rules: Rules, _ estimator: TokenEstimator) {
    self.rules = rules
    (size, maxTokens, bound, allowance) = (bounds.size, bounds.maxTokens, bounds.usage, bounds.allowance)
    estimate = estimator.streamEstimate(of: size)
    cost = estimator.cost(of: size, maxTokens: maxTokens, metering: rules.metering)
  }

  // MARK: - Reserving

  mutating func begin(_ estimator: TokenEstimator, at now: Duration) -> Action {
    estimate = estimator.streamEstimate(of: size)
    guard rules.countsTokens else {
      return reserve(estimator.cost(of: size, maxTokens: maxTokens, metering: rules.metering), at: now)
    }
    state = .counting
    return .countTokens
  }

  /// - Parameter tokens: input tokens; nil if Bedrock doesn't count for this model.
  mutating func counted(_ tokens: Int?, _ estimator: TokenEstimator, at now: Duration) -> Action {
    guard case .counting = state else { return .none }
    return reserve(estimator.cost(of: size, maxTokens: maxTokens, metering: rules.metering, counted: tokens), at: now)
  }

  /// The pause between two attempts is over.
  mutating func resumed(at now: Duration) -> Action {
    guard case .pausing = state else { return .none }
    return reserve(cost, at: now)
  }

  private mutating func reserve(_ cost: Cost, at now: Duration) -> Action {
    self.cost = cost
    state = .reserving(since: now)
    return .reserve(cost, waitMax: timeLeft(at: now), isRetry: wasRefused)
  }

  /// The limiter has admitted it.
  mutating func granted(at now: Duration) -> Action {
    guard case .reserving(let since) = state else { return .none }
    waited += now - since
    let timeLeft = timeLeft(at: now)
    if timeLeft == .zero, let deadline = rules.deadline {
      // Sent now, it would be paid and given up at once.
      let error = AWSClientError(
        .timeout, "The deadline of \(deadline / .seconds(1)) s passed before the request was sent; extend the deadline.",
        parameters: ["deadline"])
      return .giveUp(error, .cancelled, end(.refused, error, at: now))
    }
    attempts += 1
    budgetRefusals = 0
    wasSentWhole = false
    state = .sending
    return .send(timeout: timeLeft, after: cause)
  }

  /// The request ends while nothing is reserved: the limiter refused it, tokens could not be counted, or its task was cancelled.
  /// Only a refusal for the retry budget doesn't end it: the budget bounds load, so the retry comes later.
  mutating func stopped(_ error: any Error, at now: Duration) -> Action {
    // A pause beyond the deadline would end with another refusal, which hides why.
    let pause = Duration.milliseconds(min(250 * (budgetRefusals + 1), 2_000))
    if case .reserving(let since) = state, (error as? Refusal)?.code == .retryBudget, fits(pause, at: now) {
      waited += now - since
      state = .pausing
      budgetRefusals += 1
      return .pause(pause)
    }
    switch state {
    case .reserving(let since): waited += now - since
    case .started, .counting, .pausing: break
    case .sending, .receiving, .streaming, .ended: return .none
    }
    return .giveUp(error, nil, end(error is Refusal ? .refused : .failed, error, at: now))
  }

  /// The time until the deadline; nil: no deadline.
  func timeLeft(at now: Duration) -> Duration? { rules.deadline.map { max(.zero, $0 - (now - startedAt)) } }

  // MARK: - One attempt

  /// The service has begun to reply, so it has read the whole request.
  mutating func headArrived() {
    guard case .sending = state else { return }
    wasSentWhole = true
    state = .receiving
  }

  /// The whole reply has arrived.
  /// - Parameters:
  ///   - outputBytes: bytes of its text.
  ///   - endsAtLength: whether it says that it ended for its length.
  mutating func replied(
    _ usage: TokenUsage?, outputBytes: Int, endsAtLength: Bool = false, _ estimator: inout TokenEstimator, at now: Duration
  ) -> Action {
    guard case .receiving = state else { return .none }
    (self.usage, self.outputBytes, self.endsAtLength) = (usage, outputBytes, endsAtLength)
    return complete(&estimator, nil, at: now)
  }

  /// A part of a reply that is read as a whole has arrived.
  /// - Returns: the cost so far, where the service counts output while it is generated; else nil.
  @discardableResult
  mutating func partArrived(bytes: Int, usage: TokenUsage?) -> Amounts? {
    guard case .receiving = state else { return nil }
    outputBytes += bytes
    self.usage = usage ?? self.usage
    return bytes > 0 && rules.metering == .mantle ? costSoFar : nil
  }

  /// The estimated cost of what has arrived.
  private var costSoFar: Amounts {
    rules.metering.amounts(bound.bounded(estimate.usage(outputBytes: outputBytes)).usage)
  }

  // MARK: - A stream

  /// The first event of a stream has arrived: from now on, the request isn't retried.
  mutating func streamBegan(_ estimator: TokenEstimator) {
    guard case .receiving = state else { return }
    state = .streaming
    estimate = estimator.streamEstimate(of: size)
  }

  /// - Parameters:
  ///   - bytes: bytes of output that the event brought.
  ///   - usage: nil if the event doesn't report the reply's usage.
  ///   - endsAtLength: whether it says that the reply ended for its length.
  /// - Returns: an update with the cost so far: with a burndown above 1, it may exceed the reservation long before the reply
  ///   ends.
  mutating func eventArrived(bytes: Int, usage: TokenUsage?, endsAtLength: Bool = false) -> Action {
    guard case .streaming = state else { return .none }
    outputBytes += bytes
    self.endsAtLength = self.endsAtLength || endsAtLength
    self.usage = usage ?? self.usage
    return bytes > 0 ? .update(costSoFar) : .none
  }

  mutating func streamEnded(_ estimator: inout TokenEstimator, at now: Duration) -> Action {
    guard case .streaming = state else { return .none }
    return complete(&estimator, nil, at: now)
  }

  /// The stream broke, or its reader stopped reading.
  mutating func streamBroke(_ error: any Error, _ estimator: inout TokenEstimator, at now: Duration) -> Action {
    guard case .streaming = state else { return .none }
    if usage != nil { return complete(&estimator, error, at: now) }
    let failure = InvocationFailure(error)
    guard outputBytes > 0 || failure.mayBePaid else {
      return .settle(outcome(of: failure, estimator), nil, end(.failed, error, at: now))
    }
    let charge = lostCharge(estimator)
    return .settle(.failed(used: rules.metering.amounts(charge.usage)), charge, end(.failed, error, at: now))
  }

  // MARK: - The end

  /// Settles the usage that the reply reported, or else an estimate from the size of its text. A usage that the request can't have
  /// is settled as the most that it can have, and teaches nothing.
  private mutating func complete(_ estimator: inout TokenEstimator, _ error: (any Error)?, at now: Duration) -> Action {
    let reported = usage.map(bound.bounded)
    let isExhausted = endsAtLength && rules.metering == .mantle && usage.map(allowance.isShort) ?? false
    // A reply that a quota ended would have been longer.
    if let usage, reported?.isExcess == false, !isExhausted { estimator.learn(usage, size, outputBytes: outputBytes) }
    let counted = reported?.usage ?? bound.bounded(estimator.usage(of: size, outputBytes: outputBytes)).usage
    let charge = Charge(
      usage: counted, quotaTokens: quotaTokens(counted), isEstimate: usage == nil,
      isCut: reported?.isExcess ?? false, endedByQuota: isExhausted, isReserved: tier?.isServedReserved)
    let final = rules.metering.amounts(counted)
    return .settle(
      isExhausted ? .outputExhausted(final) : .completed(final), charge,
      end(error == nil ? .succeeded : .failed, error, at: now))
  }

  /// What the quotas count of a reply.
  func quotaTokens(_ usage: TokenUsage) -> Int64 {
    tier?.isServedReserved ?? false ? 0 : rules.metering.quotaTokens(usage)
  }

  mutating func end(_ result: End.Result, _ error: (any Error)?, at now: Duration) -> End {
    state = .ended
    return End(result: result, error: error, usage: usage, waited: waited, took: now - startedAt, attempts: attempts)
  }
}
