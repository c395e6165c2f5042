import AWSWire
import AdmissionControl

/// What a failed invocation means for the quota, and whether another attempt makes sense.
enum InvocationFailure: Sendable, Equatable {
  /// Refused for a quota.
  case throttled(Outcome.Throttle)
  /// The service had no room or broke down; nothing was used.
  case capacity
  /// The model ran, and the reply was lost.
  case lost
  /// It would fail again.
  case permanent

  init(_ error: any Error) {
    guard let error = error as? AWSClientError else {
      self = .permanent
      return
    }
    guard let service = error.service else {
      self = error.code == .transport || error.code == .timeout ? .lost : .permanent
      return
    }
    switch service.code {
    case "ThrottlingException", "TooManyRequestsException": self = .throttled(Self.reason(service.message))
    case "ModelNotReadyException", "ServiceUnavailableException", "InternalServerException", "overloaded_error": self = .capacity
    case "ModelTimeoutException", "ModelStreamErrorException", "ModelErrorException": self = .lost
    default:
      self = service.status == 429 ? .throttled(Self.reason(service.message)) : service.status >= 500 ? .capacity : .permanent
    }
  }

  /// The texts that Bedrock sends: "Too many requests, …", "Too many tokens, …", "Too many tokens per day, …".
  private static func reason(_ message: String) -> Outcome.Throttle {
    let text = message.lowercased()
    if text.contains("tokens per day") { return .tokensPerDay }
    if text.contains("token") { return .tokens }
    return text.contains("request") ? .requests : .unknown
  }
}
