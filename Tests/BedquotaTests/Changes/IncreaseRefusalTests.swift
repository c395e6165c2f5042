import AWSWire
import Testing

@testable import Bedquota

struct IncreaseRefusalTests {
  private func explained(_ code: String, status: Int = 400) -> AWSClientError {
    let service = AWSClientError.Service(code: code, message: "AWS's words.", status: status, requestID: nil, body: [])
    let error = AWSClientError(.service, "Failed.", operation: "RequestServiceQuotaIncrease", service: service)
    return IncreaseRefusal.explained(error, quota: UsageBench.tokens)
  }

  @Test func eachRefusalHasASentenceWithAWSsWords() {
    let codes = [
      "ResourceAlreadyExistsException", "QuotaExceededException", "InvalidResourceStateException", "NoSuchResourceException",
      "IllegalArgumentException", "DependencyAccessDeniedException", "TooManyRequestsException",
    ]
    let messages = codes.map { explained($0).message } + [explained("ServiceException", status: 500).message]
    #expect(Set(messages).count == messages.count)
    #expect(messages.allSatisfy { $0.hasSuffix("AWS's words.)") && $0.hasPrefix("Failed") == false })
  }

  @Test func anUnknownRefusalIsLeftAsItIs() {
    #expect(explained("SomethingNew").message == "Failed.")
    #expect(explained("AccessDeniedException").message == "Failed.")
  }

  @Test(arguments: [
    (AWSClientError.Code.transport, AWSClientError.Delivery.sent, "may have received"), (.timeout, .sent, "may have received"),
    (.response, .sent, "may have received"), (.transport, .unsent, "Nothing was sent."),
    (.transport, .exhausted, "Nothing was sent."),
  ])
  func aLostAnswerIsNotCalledARefusal(code: AWSClientError.Code, delivery: AWSClientError.Delivery, words: String) {
    var error = AWSClientError(code, "It broke.")
    error.delivery = delivery
    #expect(IncreaseRefusal.explained(error, quota: UsageBench.tokens).message.contains(words))
  }

  @Test func nobodyIsToldToTryAgainWhatMayHaveArrived() {
    var error = AWSClientError(.timeout, "x sent nothing for 1 s; try again or raise the timeout.", parameters: ["timeout"])
    error.delivery = .sent
    let explained = IncreaseRefusal.explained(error, quota: UsageBench.tokens)
    #expect(explained.message.hasPrefix("x sent nothing for 1 s. AWS may have received") && explained.parameters.isEmpty)
  }
}
