import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// What each documented error means: is it paid, is it sent again, does it end a run?
struct InvocationFailureTests {
  private func failure(_ status: Int, _ code: String, _ message: String = "") -> InvocationFailure {
    InvocationFailure(
      AWSClientError(
        .service, message, service: .init(code: code, message: message, status: status, requestID: nil, body: [])))
  }

  /// The errors of InvokeModel, Converse and their streams, and the common ones, with their status.
  @Test(arguments: [
    ("AccessDeniedException", 403, false, true), ("ConflictException", 400, false, false),
    ("InternalServerException", 500, true, false),
    ("ModelErrorException", 424, true, false), ("ModelNotReadyException", 429, true, false),
    ("ModelStreamErrorException", 424, true, false), ("ModelTimeoutException", 408, true, false),
    ("ResourceNotFoundException", 404, false, true), ("FTUFormNotFilled", 404, false, true),
    ("ServiceQuotaExceededException", 400, true, false),
    ("ServiceUnavailableException", 503, true, false), ("ThrottlingException", 429, true, false),
    ("ValidationException", 400, false, false),
    ("ExpiredTokenException", 403, false, true), ("UnrecognizedClientException", 403, false, true),
    ("InvalidSignatureException", 403, false, true), ("IncompleteSignature", 400, false, true),
    ("MissingAuthenticationToken", 403, false, true), ("InternalFailure", 500, true, false), ("RequestTimeout", 408, true, false),
    ("Unknown", 403, false, false), ("Unknown", 407, false, true), ("Unknown", 302, false, true),
    ("Unknown", 511, false, true), ("Unknown", 408, true, false), ("Unknown", 413, false, false),
    ("Unknown", 424, true, false), ("Unknown", 429, true, false), ("Unknown", 502, true, false), ("Unknown", 529, true, false),
    // Those of the compatible APIs.
    ("rate_limit_exceeded", 429, true, false), ("access_denied", 403, false, true), ("validation_error", 400, false, false),
    ("model_not_found", 404, false, false), ("service_unavailable", 503, true, false), ("model_error", 424, true, false),
    ("rate_limit_error", 429, true, false), ("overloaded_error", 529, true, false), ("permission_error", 403, false, true),
    ("not_found_error", 404, false, false), ("request_too_large", 413, false, false), ("api_error", 500, true, false),
  ])
  func eachDocumentedError(code: String, status: Int, mayPass: Bool, endsRun: Bool) {
    let failure = failure(status, code)
    #expect(failure.mayPass == mayPass && failure.endsRun == endsRun)
    // The service has said no, so nothing is paid.
    #expect(!failure.mayBePaid && failure.isAnswered)
  }

  @Test func everyRowOfTheTableIsTried() {
    for (code, meaning) in InvocationFailure.meanings {
      #expect(failure(400, code).endsRun == (meaning == .endsRun), "\(code)")
    }
  }

  /// The service's own wish counts where it is longer than ours.
  @Test(
    arguments: [
      ("ThrottlingException", nil, 0), ("ThrottlingException", 3.0, 3), ("rate_limit_exceeded", 3, 3),
      ("overloaded_error", nil, 0.5), ("overloaded_error", 0.1, 0.5), ("overloaded_error", 7, 7), ("ValidationException", 7, 0),
    ] as [(String, Double?, Double)])
  func theServiceMayAskForAPause(code: String, asked: Double?, seconds: Double) {
    var error = AWSClientError(
      .service, "", service: .init(code: code, message: "", status: 400, requestID: nil, body: []))
    error.retryAfter = asked.map { .seconds($0) }
    #expect(InvocationFailure(error).pause(after: 1, dice: 1) == .seconds(seconds))
  }

  @Test func theWordsDecideWhereTheCodeDoesNot() {
    #expect(failure(429, "ThrottlingException", "Too many tokens per day, please wait").endsRun)
    #expect(!failure(429, "ThrottlingException", "Too many tokens, please wait").endsRun)
    #expect(failure(429, "rate_limit_exceeded", "Too many tokens per day, please wait").endsRun)
    #expect(failure(429, "rate_limit_error", "Too many requests, please wait").kind == .throttled(.requests))
    #expect(failure(400, "ValidationException", "The provided model identifier is invalid.").endsRun)
    #expect(!failure(400, "ValidationException", "The text field is empty").endsRun)
    #expect(InvocationFailure(AWSClientError(.credentials, "none")).endsRun)
  }
}
