package import Foundation

/// The services that share the emulator's one port.
package enum ServedService {
  case serviceQuotas
  case bedrock
  case sts
  case cloudWatch
  /// CloudWatch as clients called it before awsJson1_0; only ever refused.
  case cloudWatchQuery

  /// Told apart as AWS's own clients make it possible: by target, by action, else by path.
  package init(_ request: ServerRequest) {
    if let target = request.header("x-amz-target") {
      self =
        target.hasPrefix("ServiceQuotas") ? .serviceQuotas : target.hasPrefix("GraniteServiceVersion") ? .cloudWatch : .bedrock
    } else if request.path == "/",
      request.header("content-type")?.hasPrefix("application/x-www-form-urlencoded") == true
        || request.target.contains("Action=")
    {
      // At the root only: curl calls any body of a POST a form, also one for a model.
      self = request.header("authorization")?.contains("/monitoring/aws4_request") == true ? .cloudWatchQuery : .sts
    } else {
      self = request.path.hasPrefix("/service/GraniteServiceVersion") ? .cloudWatch : .bedrock
    }
  }

  /// As the credential scope of a signature names it.
  package var signingName: String {
    switch self {
    case .serviceQuotas: "servicequotas"
    case .bedrock: "bedrock"
    case .sts: "sts"
    case .cloudWatch, .cloudWatchQuery: "monitoring"
    }
  }

  /// What AWS calls a key it does not know, and a signature that doesn't fit, differs by protocol.
  package var unknownKeyCode: String { self == .sts ? "InvalidClientTokenId" : "UnrecognizedClientException" }
  package var badSignatureCode: String { self == .sts ? "SignatureDoesNotMatch" : "InvalidSignatureException" }
  /// How far the date of a signature may be off, in seconds.
  package var clockSkewMax: TimeInterval { self == .sts ? 900 : 300 }

  package func render(_ fault: AWSFault, requestID: String) -> ServerResponse {
    switch self {
    case .serviceQuotas:
      return ServerResponse(
        status: fault.status ?? 400, headers: [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", fault.code)],
        body: Self.encode(["__type": fault.code, fault.isModelled ? "Message" : "message": fault.message]))
    case .bedrock:
      return ServerResponse(
        status: fault.status ?? (fault.isModelled ? 400 : 403),
        headers: [
          ("Content-Type", "application/json"),
          ("x-amzn-ErrorType", "\(fault.code):http://internal.amazon.com/coral/com.amazon.bedrock/"),
        ] + (fault.retryAfter.map { [("Retry-After", "\($0)")] } ?? []), body: Self.encode(["message": fault.message]))
    case .cloudWatch:
      // awsQueryCompatible: clients that grew up with the query protocol look for its codes in a header.
      return ServerResponse(
        status: fault.status ?? 400,
        headers: [
          ("Content-Type", "application/x-amz-json-1.0"),
          ("x-amzn-query-error", "\(fault.queryCode ?? fault.code);\((fault.status ?? 400) < 500 ? "Sender" : "Receiver")"),
        ],
        body: Self.encode(["__type": "com.amazonaws.cloudwatch#\(fault.code)", "message": fault.message]))
    case .sts, .cloudWatchQuery:
      let space = self == .sts ? "https://sts.amazonaws.com/doc/2011-06-15/" : "http://monitoring.amazonaws.com/doc/2010-08-01/"
      let xml = """
        <ErrorResponse xmlns="\(space)">
          <Error>
            <Type>Sender</Type>
            <Code>\(fault.code)</Code>
            <Message>\(Self.escape(fault.message))</Message>
          </Error>
          <RequestId>\(requestID)</RequestId>
        </ErrorResponse>

        """
      return ServerResponse(
        status: fault.status ?? (fault.isModelled ? 400 : 403), headers: [("Content-Type", "text/xml")], body: Data(xml.utf8))
    }
  }

  private static func encode(_ object: [String: String]) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A dictionary of texts always encodes.
    return (try? encoder.encode(object)) ?? Data("{}".utf8)
  }

  package static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
