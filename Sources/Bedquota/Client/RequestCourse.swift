import AWSWire
import AdmissionControl

/// One request, from its first reservation to its settlement: what is sent again, and when, and what is settled.
///
/// A pure state machine: each event is a method that takes the time and returns the one thing to do next. It waits for nothing,
/// sends nothing and reads no clock; ``QuotaAwareClient`` and ``ModelStream`` do that for it.
///
/// ```
/// started ──begin──▶ counting ──counted──▶ reserving ──granted──▶ sending ──headArrived──▶ receiving
///                                              ▲                     │                        │
///                                              └──resumed── pausing ◀┴────────failed──────────┤
///                                                                                             ├──replied──▶ ended
///                       ended ◀──streamEnded, streamBroke── streaming ◀──────streamBegan──────┘
/// ```
///
/// `counting` is left out unless ``Rules/countsTokens`` asks for it. From every state, an error that another attempt can't mend leads
/// to `ended`. Times are those of a clock that never goes back.
struct RequestCourse: Sendable {
  /// What is the same for all requests of a client.
  struct Rules: Sendable {
    /// Attempts for a request, the first included.
    var attemptsMax = 4
    /// How long a request may take, all its waiting included; nil: as long as it needs.
    var deadline: Duration?
    /// Quota tokens per output token.
    var burndown = 1
    /// Whether Bedrock is asked for the number of input tokens before the first attempt.
    var countsTokens = false
  }

  private enum State: Sendable {
    /// Nothing has happened yet; leaves by `begin`.
    case started
    /// Bedrock is asked for the number of input tokens; leaves by `counted`, `stopped`.
    case counting
    /// The limiter is asked; leaves by `granted`, `stopped`.
    case reserving(since: Duration)
    /// An attempt is on its way, perhaps not whole yet; leaves by `headArrived`, `failed`.
    case sending
    /// The reply has begun, so the request was sent whole; leaves by `replied`, `streamBegan`, `failed`.
    case receiving
    /// The caller reads the reply; leaves by `streamEnded`, `streamBroke`.
    case streaming
    /// Between two attempts, nothing is reserved; leaves by `resumed`, `stopped`.
    case pausing
    /// All is settled and counted.
    case ended
  }

  private let rules: Rules
  private let size: InputSize
  /// The most output tokens that it reserves.
  private let maxTokens: Int64
  private let startedAt: Duration
  private var state = State.started
  private var cost = Cost(input: 0, maxTokens: 0)
  private var waited = Duration.zero
  /// Of a stream: what an estimate of its cost needs at each event.
  private var estimate = TokenEstimator.StreamEstimate()
  /// Of a stream: bytes of output that have come, and the tokens that the reply says it used.
  private var outputBytes = 0
  private var usage: TokenUsage?

  /// Times that it was sent.
  private(set) var attempts = 0
  /// Whether the service has the last attempt whole, so that sending it again may run the model twice. False where that isn't
  /// known.
  private(set) var wasSentWhole = false

  /// - Parameters:
  ///   - size: of the body, measured once.
  ///   - maxTokens: the most output tokens that the request may bring, and so reserves.
  init(_ size: InputSize, maxTokens: Int64, rules: Rules, at now: Duration) {
    self.size = size
    self.maxTokens = maxTokens
    self.rules = rules
    startedAt = now
  }

  // MARK: - Reserving

  mutating func begin(_ estimator: TokenEstimator, at now: Duration) -> Action {
    guard rules.countsTokens else { return reserve(estimator.cost(of: size, maxTokens: maxTokens), at: now) }
    state = .counting
    return .countTokens
  }

  /// - Parameter tokens: input tokens; nil where Bedrock doesn't count for this model.
  mutating func counted(_ tokens: Int?, _ estimator: TokenEstimator, at now: Duration) -> Action {
    guard case .counting = state else { return .none }
    return reserve(estimator.cost(of: size, maxTokens: maxTokens, counted: tokens), at: now)
  }

  /// The pause between two attempts is over.
  mutating func resumed(at now: Duration) -> Action {
    guard case .pausing = state else { return .none }
    return reserve(cost, at: now)
  }

  private mutating func reserve(_ cost: Cost, at now: Duration) -> Action {
    self.cost = cost
    state = .reserving(since: now)
    return .reserve(cost, waitMax: timeLeft(at: now), isRetry: attempts > 0)
  }

  /// The limiter has admitted it.
  mutating func granted(at now: Duration) -> Action {
    guard case .reserving(let since) = state else { return .none }
    waited += now - since
    attempts += 1
    wasSentWhole = false
    state = .sending
    return .send(timeout: timeLeft(at: now))
  }

  /// It ends while nothing is reserved: the limiter refused it, tokens could not be counted, or its task was cancelled.
  mutating func stopped(_ error: any Error, at now: Duration) -> Action {
    switch state {
    case .reserving(let since): waited += now - since
    case .started, .counting, .pausing: break
    case .sending, .receiving, .streaming, .ended: return .none
    }
    return .giveUp(error, nil, end(error is Refusal ? .refused : .failed, error, at: now))
  }

  private func timeLeft(at now: Duration) -> Duration? { rules.deadline.map { max(.zero, $0 - (now - startedAt)) } }

  // MARK: - One attempt

  /// The service answers, which it does when it has read the request.
  mutating func headArrived() {
    guard case .sending = state else { return }
    wasSentWhole = true
    state = .receiving
  }

  /// The reply is there, whole.
  /// - Parameter outputBytes: bytes of its text.
  mutating func replied(_ usage: TokenUsage?, outputBytes: Int, _ estimator: inout TokenEstimator, at now: Duration) -> Action {
    guard case .receiving = state else { return .none }
    (self.usage, self.outputBytes) = (usage, outputBytes)
    return complete(&estimator, nil, at: now)
  }

  /// The attempt brought no reply, or not all of it.
  /// - Parameter dice: from 0 to 1, for the length of a pause.
  mutating func failed(_ error: any Error, _ estimator: TokenEstimator, dice: Double, at now: Duration) -> Action {
    switch state {
    case .sending, .receiving: break
    default: return .none
    }
    let failure = InvocationFailure(error)
    wasSentWhole = wasSentWhole || failure.isAnswered
    let outcome = outcome(of: failure, estimator)
    guard failure.mayPass, attempts < rules.attemptsMax else {
      return .giveUp(error, outcome, end(.failed, error, at: now))
    }
    state = .pausing
    return .retry(outcome, pause: failure.pause(after: attempts, dice: dice))
  }

  private func outcome(of failure: InvocationFailure, _ estimator: TokenEstimator) -> Outcome {
    switch failure.kind {
    case .throttled(let reason): .throttled(reason)
    case .capacity: .capacity
    case .invalid: .failed(used: .zero)
    // The model ran, for all we know, and its output counts.
    case .lost, .cancelled:
      .failed(used: Amounts(tokens: estimator.average(inputBytes: size.bytes).quotaTokens(burndown: rules.burndown)))
    }
  }

  // MARK: - A stream

  /// The first event of a stream is there: from now on, nothing is sent again.
  mutating func streamBegan(_ estimator: TokenEstimator) {
    guard case .receiving = state else { return }
    state = .streaming
    estimate = estimator.streamEstimate(of: size)
  }

  /// - Parameters:
  ///   - bytes: bytes of output that the event brought.
  ///   - usage: nil where the event doesn't say what the reply used.
  /// - Returns: what the reply has cost so far, for output that counts several times over may outgrow the reservation long before
  ///   the end.
  mutating func eventArrived(bytes: Int, usage: TokenUsage?) -> Action {
    guard case .streaming = state else { return .none }
    outputBytes += bytes
    self.usage = usage ?? self.usage
    guard bytes > 0 else { return .none }
    return .update(Amounts(tokens: estimate.usage(outputBytes: outputBytes).quotaTokens(burndown: rules.burndown)))
  }

  mutating func streamEnded(_ estimator: inout TokenEstimator, at now: Duration) -> Action {
    guard case .streaming = state else { return .none }
    return complete(&estimator, nil, at: now)
  }

  /// The stream broke, or its reader left.
  mutating func streamBroke(_ error: any Error, _ estimator: inout TokenEstimator, at now: Duration) -> Action {
    guard case .streaming = state else { return .none }
    if usage != nil { return complete(&estimator, error, at: now) }
    guard outputBytes > 0 else {
      return .settle(outcome(of: InvocationFailure(error), estimator), nil, end(.failed, error, at: now))
    }
    let used = estimator.usage(inputBytes: size.bytes, outputBytes: outputBytes).quotaTokens(burndown: rules.burndown)
    return .settle(.failed(used: Amounts(tokens: used)), nil, end(.failed, error, at: now))
  }

  // MARK: - The end

  /// Settles what the reply used; where it doesn't say, an estimate by its text.
  private mutating func complete(_ estimator: inout TokenEstimator, _ error: (any Error)?, at now: Duration) -> Action {
    if let usage { estimator.learn(usage, size, outputBytes: outputBytes) }
    let counted = usage ?? estimator.usage(inputBytes: size.bytes, outputBytes: outputBytes)
    let charge = Charge(usage: counted, quotaTokens: counted.quotaTokens(burndown: rules.burndown), isEstimate: usage == nil)
    return .settle(
      .completed(Amounts(tokens: charge.quotaTokens)), charge, end(error == nil ? .succeeded : .failed, error, at: now))
  }

  private mutating func end(_ result: End.Result, _ error: (any Error)?, at now: Duration) -> End {
    state = .ended
    return End(result: result, error: error, usage: usage, waited: waited, took: now - startedAt, attempts: attempts)
  }
}
