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

  @Test func aLineWithoutARequestHasNoModelInput() {
    let record = BatchRecord(index: 6, line: Data("garbage".utf8))
    let line = String(decoding: BatchResult(record, RecordFailure(problem: "bad")).line, as: UTF8.self)
    #expect(line == #"{"recordId":"line-7","error":{"errorCode":400,"errorMessage":"bad"}}"# + "\n")
  }
}
