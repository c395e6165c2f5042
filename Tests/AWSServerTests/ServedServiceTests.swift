import AWSServer
import AWSWire
import Foundation
import Testing

/// How each protocol spells an error.
struct ServedServiceTests {
  private func parts(_ service: ServedService, _ fault: AWSFault) -> (status: Int, headers: [String: String], body: String) {
    let reply = service.render(fault, requestID: "id")
    return (
      reply.status, Dictionary(reply.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
      String(decoding: reply.body, as: UTF8.self)
    )
  }

  private static let modelled = AWSFault(code: "ThrottlingException", message: "a <b> & \"c\"", status: 429)
  private static let frontEnd = AWSFault(code: "InvalidSignatureException", message: "x", isModelled: false)

  @Test func serviceQuotas() {
    let (status, headers, body) = parts(.serviceQuotas, Self.modelled)
    #expect(status == 429 && headers["x-amzn-errortype"] == "ThrottlingException")
    #expect(headers["content-type"] == "application/x-amz-json-1.1")
    #expect(body == #"{"Message":"a <b> & \"c\"","__type":"ThrottlingException"}"#)
    let other = parts(.serviceQuotas, Self.frontEnd)
    #expect(other.status == 400 && other.body == #"{"__type":"InvalidSignatureException","message":"x"}"#)
  }

  @Test func bedrock() {
    var fault = Self.modelled
    fault.retryAfter = 7
    let (status, headers, body) = parts(.bedrock, fault)
    #expect(status == 429 && headers["retry-after"] == "7" && headers["content-type"] == "application/json")
    #expect(headers["x-amzn-errortype"] == "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/")
    #expect(body == #"{"message":"a <b> & \"c\""}"#)
    #expect(parts(.bedrock, Self.modelled).headers["retry-after"] == nil)
    #expect(parts(.bedrock, Self.frontEnd).status == 403)
    #expect(parts(.bedrock, AWSFault(code: "ValidationException", message: "")).status == 400)
  }

  @Test(arguments: [
    (400, "invalid_request_error", "validation_error"), (403, "permission_error", "access_denied"),
    (404, "not_found_error", "model_not_found"), (424, "server_error", "model_error"),
    (429, "rate_limit_error", "rate_limit_exceeded"), (500, "server_error", "internal_server_error"),
    (503, "server_error", "service_unavailable"),
  ])
  func openAI(status: Int, type: String, code: String) {
    var fault = AWSFault(code: "SomeException", message: "a \"b\"", status: status)
    fault.retryAfter = 7
    let (got, headers, body) = parts(.bedrockOpenAI, fault)
    #expect(got == status && headers["content-type"] == "application/json" && headers["retry-after"] == "7")
    #expect(body == #"{"error":{"message":"a \"b\"","type":"\#(type)","param":null,"code":"\#(code)"}}"#)
  }

  @Test(arguments: [
    (400, 400, "invalid_request_error"), (403, 403, "permission_error"), (404, 404, "not_found_error"),
    (408, 408, "timeout_error"), (424, 424, "api_error"), (429, 429, "rate_limit_error"), (500, 500, "api_error"),
    (503, 529, "overloaded_error"),
  ])
  func anthropic(status: Int, expected: Int, type: String) {
    let (got, headers, body) = parts(.bedrockMessages, AWSFault(code: "SomeException", message: "x", status: status))
    #expect(got == expected && headers["content-type"] == "application/json" && headers["retry-after"] == nil)
    #expect(body == #"{"type":"error","error":{"type":"\#(type)","message":"x"},"request_id":"id"}"#)
  }

  @Test(arguments: [ServedService.bedrockOpenAI, .bedrockMessages])
  func frontEndOfOtherVendorsAPIs(service: ServedService) {
    #expect(parts(service, Self.frontEnd).status == 403)
    #expect(parts(service, AWSFault(code: "ValidationException", message: "")).status == 400)
  }

  @Test(arguments: [(400, "Sender"), (429, "Sender"), (500, "Receiver"), (503, "Receiver")])
  func cloudWatch(status: Int, side: String) {
    let fault = AWSFault(code: "LimitExceededFault", message: "x", status: status, queryCode: "LimitExceeded")
    let (got, headers, body) = parts(.cloudWatch, fault)
    #expect(got == status && headers["x-amzn-query-error"] == "LimitExceeded;\(side)")
    #expect(body == #"{"__type":"com.amazonaws.cloudwatch#LimitExceededFault","message":"x"}"#)
  }

  @Test(arguments: [ServedService.sts, .cloudWatchQuery])
  func query(service: ServedService) {
    let (status, headers, body) = parts(service, Self.modelled)
    #expect(status == 429 && headers["content-type"] == "text/xml")
    #expect(body.contains("<Code>ThrottlingException</Code>") && body.contains("<RequestId>id</RequestId>"))
    #expect(body.contains("<Message>a &lt;b&gt; &amp; \"c\"</Message>"))
    #expect(parts(service, Self.frontEnd).status == 403)
  }
}
