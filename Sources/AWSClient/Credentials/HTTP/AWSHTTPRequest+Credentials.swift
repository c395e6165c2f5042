import AWSWire
import Foundation
import HTTPTypes

extension AWSHTTPRequest {
  /// A request for credentials, which isn't signed.
  /// - Parameter target: path and query, percent-encoded.
  static func unsigned(
    _ target: String, method: HTTPRequest.Method = .get, at endpoint: Endpoint, headers: [(name: String, value: String)] = [],
    body: Data = Data()
  ) -> AWSHTTPRequest {
    var fields = HTTPFields()
    // The transport adds Host, from the authority.
    for (name, value) in headers + [("User-Agent", "bedquota")] {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    let head = HTTPRequest(
      method: method, scheme: endpoint.scheme, authority: endpoint.authority, path: endpoint.basePath + target,
      headerFields: fields)
    return AWSHTTPRequest(head: head, body: body)
  }
}
