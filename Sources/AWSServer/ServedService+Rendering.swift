import AWSWire
import Foundation

extension ServedService {
  /// The error reply that a client of this service understands.
  package func render(_ fault: AWSFault, requestID: String) -> ServerResponse {
    switch errorFormat {
    case .json:
      return ServerResponse(
        status: fault.status ?? 400, headers: [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", fault.code)],
        // Service Quotas' own errors spell the member with a capital.
        body: Self.encode(["__type": fault.code, fault.isModelled ? "Message" : "message": fault.message]))
    case .restJSON:
      let type = "\(fault.code):http://internal.amazon.com/coral/com.amazon.bedrock/"
      return ServerResponse(
        status: fault.status ?? (fault.isModelled ? 400 : 403),
        headers: [("Content-Type", "application/json"), ("x-amzn-ErrorType", type)]
          + (fault.retryAfter.map { [("Retry-After", "\($0)")] } ?? []),
        body: Self.encode(["message": fault.message]))
    case .queryCompatibleJSON(let shape):
      // Clients that were built for the query protocol read the error's code from this header.
      let code = "\(fault.queryCode ?? fault.code);\((fault.status ?? 400) < 500 ? "Sender" : "Receiver")"
      return ServerResponse(
        status: fault.status ?? 400,
        headers: [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-query-error", code)],
        body: Self.encode(["__type": "\(shape)#\(fault.code)", "message": fault.message]))
    case .cbor(let shape):
      return ServerResponse(
        status: fault.status ?? 400, headers: [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")],
        body: Self.cbor([("__type", "\(shape)#\(fault.code)"), ("message", fault.message)]))
    case .query(let namespace):
      return ServerResponse(
        status: fault.status ?? (fault.isModelled ? 400 : 403), headers: [("Content-Type", "text/xml")],
        body: Data(Self.xml(fault, namespace: namespace, requestID: requestID).utf8))
    case .openAI: return Self.reply(fault.openAIStatus, ["error": fault.openAIError], retryAfter: fault.retryAfter)
    case .anthropic:
      return Self.reply(fault.anthropicStatus, fault.anthropicError(requestID: requestID), retryAfter: fault.retryAfter)
    }
  }

  private static func reply(_ status: Int, _ body: JSONValue, retryAfter: Int?) -> ServerResponse {
    var response = ServerResponse.json(body.data)
    response.status = status
    response.headers += retryAfter.map { [("Retry-After", "\($0)")] } ?? []
    return response
  }

  private static func xml(_ fault: AWSFault, namespace: String, requestID: String) -> String {
    """
    <ErrorResponse xmlns="\(namespace)">
      <Error>
        <Type>\((fault.status ?? 400) < 500 ? "Sender" : "Receiver")</Type>
        <Code>\(fault.queryCode ?? fault.code)</Code>
        <Message>\(escape(fault.message))</Message>
      </Error>
      <RequestId>\(requestID)</RequestId>
    </ErrorResponse>

    """
  }

  /// A CBOR map of text strings (RFC 8949, 3.1); an error has nothing else.
  private static func cbor(_ members: [(String, String)]) -> Data {
    func text(_ text: String) -> Data {
      let bytes = Data(text.utf8.prefix(0xFFFF))
      // Major type 3, with a length of two bytes.
      return [0x79, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }
    // Major type 5, with the number of pairs.
    return members.reduce(into: Data([0xA0 | UInt8(members.count)])) { $0 += text($1.0) + text($1.1) }
  }

  private static func encode(_ object: [String: String]) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding strings never fails.
    return (try? encoder.encode(object)) ?? Data("{}".utf8)
  }

  /// Escapes a text for the content of an XML element.
  package static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
