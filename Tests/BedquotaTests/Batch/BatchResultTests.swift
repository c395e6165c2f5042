import AWSWire
import Foundation
import Testing

@testable import Bedquota

/// The lines of the output.
struct BatchResultTests {
  private let record = BatchRecord(
    index: 0, line: Data(#"{"recordId":"\u0061","modelInput":{"n":123456789012345678}}"#.utf8))

  @Test func anErrorHasBedrocksForm() {
    let failure = RecordFailure(
      AWSClientError(
        .service, "m",
        service: .init(code: "ValidationException", message: "no", status: 400, requestID: nil, body: [])))
    let line = String(decoding: BatchResult(record, failure).line, as: UTF8.self)
    #expect(
      line
        == #"{"modelInput":{"n":123456789012345678},"recordId":"\u0061","error":{"errorCode":400,"errorMessage":"ValidationException: no"}}"#
        + "\n")
  }

  /// A code that AWS didn't give is no word for people, and what explains more than AWS's words stays.
  @Test(
    arguments: [
      (302, "Unknown", "", "Converse: x redirects to y (HTTP 302).", true, "Converse: x redirects to y (HTTP 302)."),
      (500, "Unknown", "", "Converse failed with HTTP 500.", false, "Converse failed with HTTP 500."),
      (500, "Unknown", "broken", "Converse failed with HTTP 500: broken.", false, "HTTP 500: broken"),
      (
        403, "AccessDeniedException", "no model", "Access denied: request it: no model", true,
        "Access denied: request it: no model"
      ),
      (400, "ValidationException", "no", "Converse failed: no.", false, "ValidationException: no"),
    ])
  func theServicesErrorInWords(status: Int, code: String, theirs: String, ours: String, explains: Bool, expected: String) {
    var error = AWSClientError(
      .service, ours, service: .init(code: code, message: theirs, status: status, requestID: nil, body: []))
    error.explains = explains
    #expect(RecordFailure(error) == RecordFailure(code: status, message: expected))
  }

  /// A stream begins with 200 and may end with an error all the same.
  @Test(
    arguments: [
      ("ThrottlingException", 429), ("ServiceUnavailableException", 503), ("InternalServerException", 500),
      ("ModelStreamErrorException", 424), ("ValidationException", 400), ("SomethingNewException", 500),
    ])
  func anErrorWithinAStreamHasAStatus(code: String, status: Int) {
    let service = AWSClientError.Service(code: code, message: "m", status: 200, requestID: nil, body: [])
    #expect(RecordFailure(AWSClientError(.service, "m", service: service)).code == status)
  }

  @Test func aLineWithoutARequestHasNoModelInput() {
    let record = BatchRecord(index: 6, line: Data("garbage".utf8))
    let line = String(decoding: BatchResult(record, RecordFailure(problem: "bad")).line, as: UTF8.self)
    #expect(line == #"{"recordId":"line-7","error":{"errorCode":400,"errorMessage":"bad"}}"# + "\n")
  }
}
