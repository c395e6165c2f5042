package import Foundation

/// A response, before HTTP.
package struct ServerResponse: Sendable {
  /// The body of a streamed response.
  package struct Stream: Sendable {
    /// Writes the whole body; it may wait between parts.
    package var write: @Sendable (inout any ResponseSink) async throws -> Void
    /// Called if the client disconnects before the end.
    package var clientIsGone: @Sendable () -> Void

    package init(
      write: @escaping @Sendable (inout any ResponseSink) async throws -> Void, clientIsGone: @escaping @Sendable () -> Void
    ) {
      self.write = write
      self.clientIsGone = clientIsGone
    }
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Data
  /// Replaces `body`, if set.
  package var stream: Stream?
  /// Whether to close the connection without a reply.
  package var isDropped = false
  /// Whether the connection ends with this reply. Over HTTP/2 it doesn't.
  package var endsConnection = false

  package init(status: Int, headers: [(name: String, value: String)], body: Data) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A 200 with a JSON body.
  /// - Parameter version: of awsJson, such as `1.1`; nil for restJson1.
  package static func json(_ body: Data, version: String? = nil) -> ServerResponse {
    ServerResponse(
      status: 200, headers: [("Content-Type", version.map { "application/x-amz-json-\($0)" } ?? "application/json")], body: body)
  }
}
