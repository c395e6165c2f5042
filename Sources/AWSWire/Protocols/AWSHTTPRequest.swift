package import Foundation
package import HTTPTypes

/// A signed request, ready for the wire.
package struct AWSHTTPRequest: Sendable {
  package var head: HTTPRequest
  package var body: Data

  package init(head: HTTPRequest, body: Data) {
    self.head = head
    self.body = body
  }
}
