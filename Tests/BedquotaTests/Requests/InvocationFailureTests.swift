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

  @Test func theWordsDecideWhereTheCodeDoesNot() {
    #expect(failure(429, "ThrottlingException", "Too many tokens per day, please wait").endsRun)
    #expect(!failure(429, "ThrottlingException", "Too many tokens, please wait").endsRun)
    #expect(failure(400, "ValidationException", "The provided model identifier is invalid.").endsRun)
    #expect(!failure(400, "ValidationException", "The text field is empty").endsRun)
    #expect(InvocationFailure(AWSClientError(.credentials, "none")).endsRun)
  }
}
