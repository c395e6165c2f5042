import Synchronization

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
}

extension HTTPTransport {
  /// For transports that can't stream: the whole body in one piece.
  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    let response = try await send(request, timeout: timeout)
    let rest = OneShot(Array(response.body))
    return AWSHTTPStream(head: response.head) { rest.take() }
  }
}

/// A value that can be taken once.
private final class OneShot<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>
  init(_ value: Value) { self.value = Mutex(value) }

  func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
