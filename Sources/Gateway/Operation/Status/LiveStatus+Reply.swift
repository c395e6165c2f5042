package import AWSServer
import Foundation
package import Reports

extension LiveStatus {
  /// The reply to a request for `/status`.
  package func reply() -> ServerResponse {
    guard let body = try? json else { return ServerResponse(status: 500, headers: [], body: Data()) }
    var reply = ServerResponse.json(body + [0x0A])
    reply.headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    return reply
  }
}
