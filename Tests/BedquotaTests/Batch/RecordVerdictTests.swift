import AWSWire
import AdmissionControl
import Testing

@testable import Bedquota

/// What becomes of a record whose request failed.
struct RecordVerdictTests {
  private func service(_ code: String, _ status: Int, _ message: String = "") -> AWSClientError {
    AWSClientError(.service, "failed", service: .init(code: code, message: message, status: status, requestID: nil, body: []))
  }

  private func verdict(
    _ error: any Error, isStopping: Bool = false, patience: Duration = .seconds(900), sinceReply: Duration = .seconds(901)
  ) -> RecordVerdict {
    RecordVerdict(error, isStopping: isStopping, patience: patience, sinceReply: sinceReply)
  }

  private func endsRun(_ verdict: RecordVerdict) -> Bool { if case .endsRun = verdict { true } else { false } }

  @Test func aBadRequestIsAResult() {
    #expect(verdict(service("ValidationException", 400)) == .result)
    #expect(verdict(Refusal.invalidCost) == .result)
  }

  @Test func theDaysTokensEndTheRun() {
    #expect(
      endsRun(
        verdict(
          service("ThrottlingException", 429, "Too many tokens per day, please wait before trying again."), sinceReply: .zero)))
  }

  @Test func aServiceThatStaysAwayEndsTheRun() {
    for error in [service("ServiceUnavailableException", 503), AWSClientError(.transport, "refused")] {
      #expect(endsRun(verdict(error)))
      // Others succeed meanwhile: it is this record's failure.
      #expect(verdict(error, sinceReply: .seconds(3)) == .result)
      // Without patience, the attempts decide.
      #expect(verdict(error, patience: .zero) == .result)
    }
  }

  @Test func whatIsDroppedIsLeft() {
    #expect(verdict(CancellationError(), isStopping: true) == .left)
    #expect(verdict(service("ThrottlingException", 429), isStopping: true) == .left)
    #expect(verdict(service("ValidationException", 400), isStopping: true) == .result)
  }
}
