import AWSWire
import AdmissionControl

/// Why a record has no reply, as the output tells it.
struct RecordFailure: Sendable, Equatable {
  /// An HTTP status code: the service's own, or the one that fits.
  var code: Int
  var message: String

  init(code: Int, message: String) { (self.code, self.message) = (code, message) }

  /// A line that holds no request.
  init(problem: String) { self.init(code: 400, message: problem) }

  init(_ error: any Error) {
    switch error {
    case let error as AWSClientError:
      if let service = error.service {
        // Our own sentence names the code, if there is one.
        guard !service.message.isEmpty, !error.explains else {
          self.init(code: Self.status(of: service), message: error.message)
          return
        }
        let code = service.code == "Unknown" ? "HTTP \(service.status)" : service.code
        self.init(code: Self.status(of: service), message: "\(code): \(service.message)")
      } else {
        self.init(code: error.code == .timeout ? 408 : error.code == .transport ? 503 : 500, message: error.message)
      }
    case let refusal as Refusal:
      let isTooLarge = refusal.code == .neverFits || refusal.code == .invalidCost
      self.init(code: isTooLarge ? 400 : 429, message: refusal.message)
    case let error as BedquotaError: self.init(code: 400, message: error.message)
    default: self.init(code: 500, message: "\(type(of: error))")
    }
  }

  /// The status of a service's error. An error within a stream, whose reply began with 200, has the status that it has elsewhere.
  private static func status(of service: AWSClientError.Service) -> Int {
    service.status < 300 ? streamErrors[service.code] ?? 500 : service.status
  }

  /// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (errors),
  /// docs.anthropic.com/en/api/errors, developers.openai.com/api/docs/guides/error-codes.
  private static let streamErrors = [
    "InternalServerException": 500, "ModelStreamErrorException": 424, "ModelTimeoutException": 408,
    "ServiceUnavailableException": 503, "ThrottlingException": 429, "ValidationException": 400,
    "rate_limit_exceeded": 429, "rate_limit_error": 429, "overloaded_error": 529, "service_unavailable": 503,
    "timeout_error": 408, "model_timeout": 408, "model_error": 424, "invalid_request_error": 400, "validation_error": 400,
    "request_too_large": 413, "authentication_error": 401, "permission_error": 403, "access_denied": 403, "not_found_error": 404,
    "model_not_found": 404,
  ]
}
