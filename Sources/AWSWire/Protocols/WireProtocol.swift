package import Foundation
import HTTPTypes

/// The protocols of the AWS services that are called.
package enum WireProtocol: Sendable, Equatable {
  /// awsJson1_0 and awsJson1_1; `target` is the part of `X-Amz-Target` before the dot.
  case json(version: String, target: String)
  /// restJson1.
  case restJSON
  /// awsQuery, with the version of the API.
  case query(version: String)
}

extension WireProtocol {
  /// A request of awsJson.
  package func post(operation: String, json body: Data) -> WireRequest {
    guard case .json(let version, let target) = self else { preconditionFailure("not a JSON protocol") }
    return WireRequest(
      method: .post, path: "/",
      headers: [("Content-Type", "application/x-amz-json-\(version)"), ("X-Amz-Target", "\(target).\(operation)")], body: body)
  }

  /// A request of awsQuery.
  package func post(operation: String, form parameters: [(name: String, value: String)] = []) -> WireRequest {
    guard case .query(let version) = self else { preconditionFailure("not the query protocol") }
    let all = [("Action", operation), ("Version", version)] + parameters.map { ($0.name, $0.value) }
    let body = all.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    return WireRequest(
      method: .post, path: "/", headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
      body: Data(body.utf8))
  }

  /// A GET request of restJson1. Query parameters without a value are left out.
  package func get(path: String, query: [(name: String, value: String?)] = []) -> WireRequest {
    WireRequest(method: .get, path: path, query: query.compactMap { pair in pair.value.map { (pair.name, $0) } })
  }
}
