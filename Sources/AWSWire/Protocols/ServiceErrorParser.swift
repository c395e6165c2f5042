import Foundation
import HTTPTypes

/// Reads AWS's error replies. If a reply can't be parsed, the start of its body is kept.
package enum ServiceErrorParser {
  private static let bodyBytesKept = 4_096

  package static func parse(_ response: AWSHTTPResponse, as wire: WireProtocol) -> AWSClientError.Service {
    let fields = response.head.headerFields
    var (code, message) = isQuery(wire) ? xml(response.body) : json(response.body)
    if let name = HTTPField.Name("x-amzn-errortype"), let header = fields[name] { code = header }
    let requestID = ["x-amzn-requestid", "x-amz-request-id"].lazy.compactMap { HTTPField.Name($0).flatMap { fields[$0] } }.first
    return AWSClientError.Service(
      code: code.map(sanitized(code:)).nonEmpty ?? "Unknown", message: String((message ?? "").prefix(1_000)),
      status: response.head.status.code, requestID: requestID, body: Array(response.body.prefix(bodyBytesKept)))
  }

  private static func isQuery(_ wire: WireProtocol) -> Bool {
    if case .query = wire { true } else { false }
  }

  /// `com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/…` is `AccessDeniedException`.
  private static func sanitized(code: String) -> String {
    var rest = code[...]
    if let colon = rest.firstIndex(of: ":") { rest = rest[..<colon] }
    if let hash = rest.lastIndex(of: "#") { rest = rest[rest.index(after: hash)...] }
    return String(rest.prefix(128))
  }

  private static func json(_ body: Data) -> (String?, String?) {
    if let error = (try? JSONValue(body)).flatMap(CompatibleError.init) { return (error.code, error.message) }
    guard let object = try? JSONDecoder().decode(JSONShape.self, from: body) else { return (nil, nil) }
    return (object.type ?? object.code, object.message ?? object.capitalMessage)
  }

  /// Services spell both members in different ways.
  private struct JSONShape: Decodable {
    var type: String?
    var code: String?
    var message: String?
    var capitalMessage: String?

    enum CodingKeys: String, CodingKey {
      case type = "__type"
      case code, message
      case capitalMessage = "Message"
    }

    init(from decoder: any Decoder) throws {
      let box = try decoder.container(keyedBy: CodingKeys.self)
      // A member of another type must not hide the other members.
      type = try? box.decodeIfPresent(String.self, forKey: .type)
      code = try? box.decodeIfPresent(String.self, forKey: .code)
      message = try? box.decodeIfPresent(String.self, forKey: .message)
      capitalMessage = try? box.decodeIfPresent(String.self, forKey: .capitalMessage)
    }
  }

  private static func xml(_ body: Data) -> (String?, String?) {
    guard body.count <= 65_536, let error = (try? XMLReply.read(body))?["Error"] else { return (nil, nil) }
    return (error["Code"]?.text, error["Message"]?.text)
  }
}
