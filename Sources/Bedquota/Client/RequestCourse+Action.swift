import AWSWire
import AdmissionControl

extension RequestCourse {
  /// The next thing to do after an event.
  enum Action: Sendable {
    /// Nothing: the event came too late to matter.
    case none
    /// Ask Bedrock for the number of input tokens, then tell `counted`.
    case countTokens
    /// Ask the limiter, which may make the request wait for up to `waitMax`; then tell `granted` or `stopped`.
    case reserve(Cost, waitMax: Duration?, isRetry: Bool)
    /// Send it. The reply must begin within `timeout`, if there is one.
    case send(timeout: Duration?, after: Cause = .start)
    /// Tell the reservation what a stream has cost so far.
    case update(Amounts)
    /// Settle the attempt, wait for `pause`, and tell `resumed`.
    case retry(Outcome, pause: Duration)
    /// The same after an attempt that may be paid: count its charge too.
    case resend(Outcome, Charge, pause: Duration)
    /// Wait for `pause`, and tell `resumed`: the limiter has no room for a retry now.
    case pause(Duration)
    /// The reply has ended or was lost: settle it, and count its charge.
    case settle(Outcome, Charge?, End)
    /// Settle the last attempt, if there is one, and throw the error to the caller.
    case giveUp(any Error, Outcome?, End)

    /// The outcome that settles the attempt; nil if the attempt continues or nothing is reserved.
    var outcome: Outcome? {
      switch self {
      case .retry(let outcome, _), .resend(let outcome, _, _), .settle(let outcome, _, _): outcome
      case .giveUp(_, let outcome, _): outcome
      case .none, .countTokens, .reserve, .send, .update, .pause: nil
      }
    }

    /// What the reply used, or is assumed to have used; nil if there was none.
    var usage: TokenUsage? {
      switch self {
      case .resend(_, let charge, _): charge.usage
      case .settle(_, let charge, _): charge?.usage
      case .none, .countTokens, .reserve, .send, .update, .retry, .pause, .giveUp: nil
      }
    }

    /// The usage that a reply reported, and that its request can have; nil if there is none.
    var reportedUsage: TokenUsage? {
      if case .settle(_, let charge?, _) = self, !charge.isEstimate, !charge.isCut { charge.usage } else { nil }
    }

    /// Whether a reply reported more than its request can use.
    var isCut: Bool { if case .settle(_, let charge?, _) = self { charge.isCut } else { false } }

    /// Whether the service ended a reply because a quota was used up.
    var endedByQuota: Bool { if case .settle(_, let charge?, _) = self { charge.endedByQuota } else { false } }

    /// Whether the service has throttled the attempt that the event was about.
    var isThrottle: Bool {
      if case .throttled = outcome?.kind { true } else { false }
    }
  }

  /// How many other scopes may take a request, as far as its router knows; none if its caller named one.
  struct Alternatives: Sendable {
    /// Those that are neither resting nor have failed on this request.
    var fresh = 0
    /// Those that have not denied it.
    var others = 0
  }

  /// Why an attempt is sent.
  enum Cause: Sendable {
    /// It is the request's first.
    case start
    /// The one before it failed and can't be paid.
    case failure
    /// The one before it may be paid, so the request may be paid twice.
    case loss
  }

  /// The tokens that a reply is charged.
  struct Charge: Sendable, Equatable {
    var usage: TokenUsage
    /// The final cost: input + cache write + burndown × output; 0 if reserved capacity served the request.
    var quotaTokens: Int64
    /// Whether the usage is an estimate, because the reply didn't report it.
    var isEstimate: Bool
    /// Whether the reply reported more than its request can use, so that the usage is the most that it can.
    var isCut = false
    /// Whether the reply, or the rest of it, was lost, so that nobody knows whether it is paid.
    var isLost = false
    /// Whether the service ended the reply because a quota was used up.
    var endedByQuota = false
    /// Whether reserved capacity served a request of the tier `reserved`; nil for other requests.
    var isReserved: Bool?
  }

  /// How a request ended, for statistics and telemetry.
  struct End: Sendable {
    enum Result: Sendable { case succeeded, failed, refused }

    var result: Result
    var error: (any Error)?
    /// The usage that the reply reported; nil if it reported none.
    var usage: TokenUsage?
    /// Time spent waiting for the quota, over all attempts.
    var waited: Duration
    /// Time from the start of the request to its end, including waiting.
    var took: Duration
    var attempts: Int
  }
}
