package import NIOCore

/// The destination for the body of a streamed response.
package protocol ResponseSink {
  /// Sends the bytes, and waits while the client doesn't keep up.
  /// - Throws: an error if the client has disconnected.
  mutating func write(_ bytes: [UInt8]) async throws
  /// The same, without a copy of the bytes.
  mutating func write(_ bytes: ByteBuffer) async throws
}

extension ResponseSink {
  package mutating func write(_ bytes: ByteBuffer) async throws { try await write(Array(bytes.readableBytesView)) }
}
