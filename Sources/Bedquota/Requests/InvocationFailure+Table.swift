import AWSWire
import AdmissionControl
import BedrockQuotas

/// What each error of InvokeModel, Converse and the compatible APIs means.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference, the errors of the four operations and the common errors, and
/// docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html; for the compatible APIs
/// developers.openai.com/api/docs/guides/error-codes, docs.anthropic.com/en/api/errors, and `access_denied`, `validation_error` and
/// `model_not_found`, which users of bedrock-runtime report.
extension InvocationFailure {
  /// What an error code says of its request.
  enum Meaning: Sendable, Equatable {
    /// A quota per minute or day is used up. The message says which one.
    case throttled
    /// The service has no room, isn't ready or broke down.
    case capacity
    /// The model failed or took too long.
    case modelFailed
    /// The request will never be accepted; others may be.
    case invalid
    /// Neither this request nor any other of the same caller and model is accepted.
    case endsRun
  }

  static let meanings: [String: Meaning] = [
    "ThrottlingException": .throttled, "TooManyRequestsException": .throttled, "Throttling": .throttled,
    "RequestLimitExceeded": .throttled,
    // "If a quota is exceeded, resubmit your request later": which quota isn't said, so that the limiter can't learn from it.
    "ServiceQuotaExceededException": .capacity,
    "ModelNotReadyException": .capacity, "ServiceUnavailableException": .capacity, "ServiceUnavailable": .capacity,
    "InternalServerException": .capacity, "InternalFailure": .capacity, "InternalServerError": .capacity,
    "InternalError": .capacity, "RequestTimeout": .capacity, "RequestTimeoutException": .capacity,
    "ModelTimeoutException": .modelFailed, "ModelStreamErrorException": .modelFailed, "ModelErrorException": .modelFailed,
    "ValidationException": .invalid, "ValidationError": .invalid, "ConflictException": .invalid,
    "AccessDeniedException": .endsRun, "AccessDenied": .endsRun, "NotAuthorized": .endsRun, "OptInRequired": .endsRun,
    "ResourceNotFoundException": .endsRun, "FTUFormNotFilled": .endsRun, "ExpiredTokenException": .endsRun,
    "ExpiredToken": .endsRun,
    "UnrecognizedClientException": .endsRun, "InvalidClientTokenId": .endsRun, "InvalidAccessKeyId": .endsRun,
    "InvalidSignatureException": .endsRun, "SignatureDoesNotMatch": .endsRun, "IncompleteSignature": .endsRun,
    "IncompleteSignatureException": .endsRun, "MissingAuthenticationToken": .endsRun,
    "MissingAuthenticationTokenException": .endsRun, "RequestExpired": .endsRun, "RequestTimeTooSkewed": .endsRun,
    // OpenAI's codes and types.
    "rate_limit_exceeded": .throttled, "service_unavailable": .capacity, "internal_server_error": .capacity,
    "server_error": .capacity, "model_timeout": .modelFailed, "model_error": .modelFailed, "validation_error": .invalid,
    "access_denied": .endsRun, "permission_denied_error": .endsRun, "invalid_api_key": .endsRun,
    // Another API may serve the model, and other lines of a run may be for that API.
    "model_not_found": .invalid, "not_found_error": .invalid,
    // Anthropic's types, some of which OpenAI has too.
    "rate_limit_error": .throttled, "overloaded_error": .capacity, "api_error": .capacity, "timeout_error": .modelFailed,
    "invalid_request_error": .invalid, "request_too_large": .invalid, "authentication_error": .endsRun,
    "permission_error": .endsRun,
  ]

  /// Parts of a ValidationException's message that are about the model and not about the request.
  private static let modelProblems = [
    "model identifier is invalid", "on-demand throughput isn", "on-demand throughput is not", "end of its life",
  ]

  /// - Returns: the kind, and whether it ends the run. A code that isn't known is judged by the status of its reply.
  static func meaning(of service: AWSClientError.Service) -> (Kind, endsRun: Bool) {
    switch meanings[service.code] ?? meaning(status: service.status) {
    case .throttled:
      let reason = reason(service.message)
      return (.throttled(reason), reason == .tokensPerDay)
    case .capacity: return (.capacity, false)
    case .modelFailed: return (.modelFailed, false)
    case .invalid: return (.invalid, modelProblems.contains { service.message.contains($0) })
    case .endsRun: return (.invalid, true)
    }
  }

  private static func meaning(status: Int) -> Meaning {
    switch status {
    // Of a proxy, which asks for credentials of its own, or of a network that wants somebody to sign in: AWS redirects no request.
    case 300..<400, 407, 511: .endsRun
    case 408, 425, 500...: .capacity
    case 424: .modelFailed
    case 429: .throttled
    // A bare 403 may be a firewall that dislikes one request.
    default: .invalid
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
}
