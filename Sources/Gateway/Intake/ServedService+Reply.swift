import AWSServer
import AWSWire

extension ServedService {
  /// An error of the gateway itself. AWS's SDKs show the id to whoever asks for help, and the log has the same one.
  func reply(_ fault: AWSFault, requestID: String) -> ServerResponse {
    var response = render(fault, requestID: requestID)
    response.headers.append(Self.requestIDHeader(requestID))
    return response
  }

  static func requestIDHeader(_ id: String) -> (name: String, value: String) { ("x-amzn-RequestId", id) }
}
