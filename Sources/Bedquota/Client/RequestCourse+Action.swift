import AWSWire
import AdmissionControl

extension RequestCourse {
  /// What is to be done after an event.
  enum Action: Sendable {
    /// Nothing: the event came too late to matter.
    case none
    /// Ask Bedrock for the number of input tokens, then tell `counted`.
    case countTokens
    /// Ask the limiter, which may let it wait for `waitMax`; then tell `granted` or `stopped`.
    case reserve(Cost, waitMax: Duration?, isRetry: Bool)
    /// Send it. The reply must begin within `timeout`, where there is one.
    case send(timeout: Duration?)
    /// Tell the reservation what a stream has cost so far.
    case update(Amounts)
    /// Settle the attempt, wait for `pause`, and tell `resumed`.
    case retry(Outcome, pause: Duration)
    /// The reply has ended: settle it, and count what it is charged.
    case settle(Outcome, Charge?, End)
    /// Settle the last attempt, where there is one, and give the caller the error.
    case giveUp(any Error, Outcome?, End)

    /// What the attempt is settled with; nil where it goes on, or nothing is reserved.
    var outcome: Outcome? {
      switch self {
      case .retry(let outcome, _), .settle(let outcome, _, _): outcome
      case .giveUp(_, let outcome, _): outcome
      case .none, .countTokens, .reserve, .send, .update: nil
      }
    }

    /// Whether the service has throttled the attempt that the event was about.
    var isThrottle: Bool {
      if case .throttled = outcome?.kind { true } else { false }
    }
  }

  /// What a reply is charged.
  struct Charge: Sendable, Equatable {
    var usage: TokenUsage
    /// The final cost: input + cache write + burndown × output.
    var quotaTokens: Int64
    /// Whether the reply didn't say what it used.
    var isEstimate: Bool
  }

  /// How a request ended, for statistics and whoever else counts.
  struct End: Sendable {
    enum Result: Sendable { case succeeded, failed, refused }

    var result: Result
    var error: (any Error)?
    /// What the reply said that it used.
    var usage: TokenUsage?
    /// For the quota, all attempts together.
    var waited: Duration
    /// Waiting included.
    var took: Duration
    var attempts: Int
  }
}
