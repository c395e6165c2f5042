import AWSWire
import Testing

@testable import Bedquota

/// Which failures of CountTokens switch counting off.
struct CountFailureTests {
  @Test(
    arguments: [
      (400, "The provided model doesn't support counting tokens.", true), (400, "messages: at least one is required", false),
      (403, "not authorized to perform: bedrock:CountTokens", true), (404, "Not found", true), (429, "Too many requests", false),
      (500, "", false), (503, "", false),
    ])
  func finalOnes(status: Int, message: String, isFinal: Bool) {
    let error = AWSClientError(
      .service, message, service: AWSClientError.Service(code: "X", message: message, status: status, requestID: nil, body: []))
    #expect(CountFailure(error).isFinal == isFinal)
  }

  @Test func lostAndOddRepliesPass() {
    #expect(!CountFailure(AWSClientError(.transport, "The connection was lost.")).isFinal)
    #expect(!CountFailure(AWSClientError(.timeout, "Too late.")).isFinal)
    #expect(!CountFailure(BedquotaError(.response, "Odd.")).isFinal)
  }
}
