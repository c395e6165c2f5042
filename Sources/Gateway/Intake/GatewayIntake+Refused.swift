import AWSClient
import AWSServer

extension GatewayIntake {
  /// The reply to a request that the HTTP server turns away before anybody reads it, in the form of the API that its path names.
  func refused(_ status: Int, _ head: ServerRequest) -> ServerResponse {
    let startedAt = AWSClient.uptimeOfProcess()
    var (service, operation) = (ServedService.bedrock, RequestRecord.Operation.unknown)
    if case .invocation(let invocation)? = try? GatewayRoute(method: head.method, target: head.target) {
      (service, operation) = (invocation.service, .invocation(invocation.api))
    }
    var fault = Self.fault(status)
    var record = record(of: head, operation)
    if status == 503 { (record.refusal, fault.retryAfter) = (.queueFull, 1) }
    let response = service.render(fault, requestID: record.id)
    ended(record, response, fault.code, status == 503 ? .refused : .invalid, startedAt)
    return response
  }

  private static func fault(_ status: Int) -> AWSFault {
    switch status {
    case 413:
      AWSFault(
        code: "RequestEntityTooLargeException",
        message:
          "The body is longer than the gateway takes from this caller; shorten it, or let whoever runs the gateway raise limits.body or the key's max_body.",
        status: 413)
    case 503:
      AWSFault(
        code: "ServiceUnavailableException", message: "The gateway has as many requests as it takes at a time; send it again.",
        status: 503)
    case 417:
      AWSFault(
        code: "ValidationException", message: "The gateway can't do what the Expect header asks; leave it out.", status: 417)
    default:
      AWSFault(
        code: "ValidationException",
        message: "The head of the request can be read in two ways, or is no HTTP that is served here.",
        status: status)
    }
  }
}
