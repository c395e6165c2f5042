package import Foundation
package import HTTPTypes

/// A reply whose body has arrived in full.
package struct AWSHTTPResponse: Sendable {
  package var head: HTTPResponse
  package var body: Data

  package init(head: HTTPResponse, body: Data) {
    self.head = head
    self.body = body
  }
}
