/// The destination for the body of a streamed response.
package protocol ResponseSink {
  /// Sends the bytes, and waits while the client doesn't keep up.
  /// - Throws: an error if the client has disconnected.
  mutating func write(_ bytes: [UInt8]) async throws
}
