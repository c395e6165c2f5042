/// Sends requests over the network. Everything above it can be tested without one.
package protocol HTTPTransport: Sendable {
  /// Sends a request and waits for its whole reply.
  /// - Parameter timeout: for the reply with its body.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`) if no whole reply arrived.
  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse

  /// Sends a request and returns as soon as the head of the reply has arrived.
  /// - Parameter timeout: for the head only.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`).
  func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream

  /// The same, with limits that hold to the last byte. A transport without a clock of its own keeps the first one only.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`), whose ``AWSClientError/delivery`` says how far the request got.
  func stream(_ request: AWSHTTPRequest, limits: ReplyLimits) async throws -> AWSHTTPStream
}

extension HTTPTransport {
  package func stream(_ request: AWSHTTPRequest, limits: ReplyLimits) async throws -> AWSHTTPStream {
    try await stream(request, timeout: limits.silence)
  }

  /// For transports that can't stream: the whole body in one piece.
  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    let response = try await send(request, timeout: timeout)
    let rest = OneShot(Array(response.body))
    return AWSHTTPStream(head: response.head) { rest.take() }
  }
}
