package import Foundation
package import HTTPTypes

/// A request in one of AWS's protocols, without endpoint and signature.
package struct WireRequest: Sendable {
  package var method: HTTPRequest.Method
  /// Percent-encoded, with the leading slash.
  package var path: String
  /// In order, not percent-encoded.
  package var query: [(name: String, value: String)] = []
  package var headers: [(name: String, value: String)] = []
  package var body = Data()
}
