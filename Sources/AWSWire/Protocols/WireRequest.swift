package import Foundation
package import HTTPTypes

/// A request of one of AWS's protocols, before an endpoint and a signature make it an HTTP request.
package struct WireRequest: Sendable {
  package var method: HTTPRequest.Method
  /// Percent-encoded, from the root.
  package var path: String
  /// In order; names and values not yet encoded.
  package var query: [(name: String, value: String)] = []
  package var headers: [(name: String, value: String)] = []
  package var body = Data()
}
