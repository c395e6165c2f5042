import AWSWire
import AdmissionControl
import BedrockQuotas

/// What a failed attempt means for the quota, and whether another one makes sense.
struct InvocationFailure: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    /// The service throttled it.
    case throttled(Outcome.Throttle)
    /// The service had no room or broke down; nothing was used.
    case capacity
    /// The reply was lost; the model may have run.
    case lost
    /// Its task was cancelled; the model may have run.
    case cancelled
    /// The service doesn't accept it, or it can't be sent; nothing was used.
    case invalid
  }

  var kind: Kind
  /// Whether the service has answered, and so has received the whole request.
  var isAnswered: Bool

  init(_ error: any Error) {
    let service = (error as? AWSClientError)?.service
    isAnswered = service != nil
    guard let service else {
      let code = (error as? AWSClientError)?.code
      kind = error is CancellationError ? .cancelled : code == .transport || code == .timeout ? .lost : .invalid
      return
    }
    switch service.code {
    case "ThrottlingException", "TooManyRequestsException": kind = .throttled(Self.reason(service.message))
    case "ModelNotReadyException", "ServiceUnavailableException", "InternalServerException", "overloaded_error": kind = .capacity
    case "ModelTimeoutException", "ModelStreamErrorException", "ModelErrorException": kind = .lost
    default:
      kind = service.status == 429 ? .throttled(Self.reason(service.message)) : service.status >= 500 ? .capacity : .invalid
    }
  }

  private static func reason(_ message: String) -> Outcome.Throttle {
    switch Facts.builtIn.throttledMeasure(in: message) {
    case .tpd: .tokensPerDay
    case .tpm: .tokens
    case .rpm: .requests
    default: .unknown
    }
  }

  /// Whether another attempt may succeed within minutes.
  var mayPass: Bool {
    switch kind {
    case .throttled(let reason): reason != .tokensPerDay
    case .capacity, .lost: true
    case .cancelled, .invalid: false
    }
  }

  /// Whether no further request of the same caller can succeed either: its credentials have expired, it has no access to the
  /// model, or the day's tokens are spent.
  var endsRun: Bool { kind == .throttled(.tokensPerDay) }

  /// How long to wait before the next attempt. After a throttle the pause is 0, because the limiter knows when the quota has
  /// room. After another failure that may pass, it is a random share of 0.5 s, doubled at each further attempt, at most 16 s.
  /// - Parameters:
  ///   - attempts: the attempts so far, 1 or more.
  ///   - dice: a random number from 0 to 1.
  func pause(after attempts: Int, dice: Double) -> Duration {
    guard kind == .capacity || kind == .lost else { return .zero }
    return .milliseconds(250 << min(attempts, 6)) * dice
  }
}
