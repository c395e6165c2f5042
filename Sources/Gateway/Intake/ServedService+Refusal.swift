import AWSServer

extension ServedService {
  /// An answer of the gateway itself, which has the id that its log knows the request by, as AWS's have.
  func refusal(_ fault: AWSFault, requestID: String) -> ServerResponse {
    var response = render(fault, requestID: requestID)
    response.headers.append(("x-amzn-RequestId", requestID))
    return response
  }
}
