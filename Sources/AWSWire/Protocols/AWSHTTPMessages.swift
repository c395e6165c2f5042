package import Foundation
package import HTTPTypes

/// A request as it goes over the wire.
package struct AWSHTTPRequest: Sendable {
  package var head: HTTPRequest
  package var body: Data

  package init(head: HTTPRequest, body: Data) {
    self.head = head
    self.body = body
  }
}

/// A reply, its body whole.
package struct AWSHTTPResponse: Sendable {
  package var head: HTTPResponse
  package var body: Data

  package init(head: HTTPResponse, body: Data) {
    self.head = head
    self.body = body
  }
}
