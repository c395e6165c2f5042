import AWSWire
import AdmissionControl
import BedrockQuotas

/// What a failed attempt means: for the quota, for the bill, and for whether another one makes sense.
struct InvocationFailure: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The service throttled it.
    case throttled(Outcome.Throttle)
    /// The service had no room or broke down; nothing was used.
    case capacity
    /// The model failed on this request; nothing was used. Another attempt may end in the same way.
    case modelFailed
    /// No connection, or the connection broke before all of the request was sent; nothing was used.
    case unreachable
    /// This machine had no file or port left for a connection; nothing was sent.
    case exhausted
    /// The connection broke, or the stream ended early, after the request was sent; the model may have run.
    case lost
    /// The service was silent for too long, or a deadline passed, after the request was sent; the model may have run.
    case timedOut
    /// An answer that is not a reply of the model; the model may have run.
    case noReply
    /// Its task was cancelled; the model may have run.
    case cancelled
    /// The service doesn't accept it, or it can't be sent; nothing was used.
    case invalid
  }

  var kind: Kind
  /// Whether the service has answered, and so has received the whole request.
  var isAnswered: Bool
  /// Whether no further request of the same caller can succeed either: its credentials have expired, it has no access to the
  /// model, the model is not there, or the day's tokens are spent.
  var endsRun = false
  /// Whether the service answered with 401, 403 or 404: it denies access, or doesn't know the model.
  var isAboutAccess = false
  /// Whether the code of the service's answer is in the table; true without an answer.
  var hasKnownCode = true
  /// How long the service asks to wait; nil if it doesn't.
  var retryAfter: Duration?

  init(_ error: any Error) {
    let failure = error as? AWSClientError
    isAnswered = failure?.service != nil
    retryAfter = failure?.retryAfter
    if let service = failure?.service {
      (kind, endsRun) = Self.meaning(of: service)
      hasKnownCode = Self.meanings[service.code] != nil
      isAboutAccess = [401, 403, 404].contains(service.status)
      return
    }
    switch failure?.code {
    case .transport?, .timeout?:
      switch failure?.delivery {
      case .unsent?: kind = .unreachable
      case .exhausted?: kind = .exhausted
      default: kind = failure?.code == .timeout ? .timedOut : .lost
      }
    case .response?: kind = .noReply
    default:
      kind = error is CancellationError || error is UnsentCancellation ? .cancelled : .invalid
      endsRun = [.credentials, .configuration, .region].contains(failure?.code)
    }
  }

  /// Whether another attempt may succeed within minutes.
  var mayPass: Bool {
    switch kind {
    case .throttled(let reason): reason != .tokensPerDay
    case .capacity, .modelFailed, .unreachable, .exhausted, .lost, .timedOut: true
    case .noReply, .cancelled, .invalid: false
    }
  }

  /// Whether the model may have run, so that the attempt may be paid.
  var mayBePaid: Bool {
    switch kind {
    case .lost, .timedOut, .noReply, .cancelled: true
    case .throttled, .capacity, .modelFailed, .unreachable, .exhausted, .invalid: false
    }
  }

  /// How long to wait before the next attempt: at least what the service asks for. After a throttle the pause is 0 otherwise, because
  /// the limiter knows when the quota has room. After another failure that may pass, it is a random share of 0.5 s, doubled at each
  /// further attempt, at most 16 s.
  /// - Parameters:
  ///   - attempts: the attempts so far, 1 or more.
  ///   - dice: a random number from 0 to 1.
  func pause(after attempts: Int, dice: Double) -> Duration {
    guard mayPass else { return .zero }
    let asked = retryAfter ?? .zero
    return isThrottle ? asked : max(asked, Self.pause(after: attempts, dice: dice))
  }

  /// The pause that a service is given which doesn't ask for one.
  static func pause(after attempts: Int, dice: Double) -> Duration { .milliseconds(250 << min(attempts, 6)) * dice }

  var isThrottle: Bool { if case .throttled = kind { true } else { false } }
}
