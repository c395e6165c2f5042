package import Foundation

/// Takes the pieces of a streamed reply.
package protocol ResponseSink {
  /// - Throws: where the client is gone.
  mutating func write(_ bytes: [UInt8]) async throws
}

/// A reply, ready for the wire.
package struct ServerResponse: Sendable {
  /// The body of a streamed reply.
  package struct Stream: Sendable {
    /// Writes all of it, at its pace.
    package var write: @Sendable (inout any ResponseSink) async throws -> Void
    /// To be called when the client has gone away before the end.
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
  /// Takes the place of `body`.
  package var stream: Stream?
  /// The connection is to be closed without a word.
  package var isDropped = false

  package init(status: Int, headers: [(name: String, value: String)], body: Data) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func json(_ body: Data, version: String? = nil) -> ServerResponse {
    ServerResponse(
      status: 200, headers: [("Content-Type", version.map { "application/x-amz-json-\($0)" } ?? "application/json")], body: body)
  }
}
