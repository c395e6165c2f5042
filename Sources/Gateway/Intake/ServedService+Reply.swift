package import AWSServer
import AWSWire

extension ServedService {
  /// An error of the gateway itself. AWS's SDKs show the id to whoever asks for help, and the log has the same one.
  package func reply(_ fault: AWSFault, requestID: String) -> ServerResponse {
    var response = render(fault, requestID: requestID)
    response.headers.append(Self.requestIDHeader(requestID))
    return response
  }

  /// The dialect in which a caller reads errors, as far as its path tells.
  package static func ofPath(_ path: Substring) -> ServedService {
    let isMantle = path.hasPrefix("/mantle/")
    let rest = isMantle ? path.dropFirst("/mantle".count) : path
    if rest.hasPrefix("/anthropic/") || rest.hasPrefix("/v1/messages") { return isMantle ? .mantleMessages : .bedrockMessages }
    if rest.hasPrefix("/openai/") || rest.hasPrefix("/v1/") { return isMantle ? .mantleOpenAI : .bedrockOpenAI }
    return .bedrock
  }

  static func requestIDHeader(_ id: String) -> (name: String, value: String) { ("x-amzn-RequestId", id) }
}
