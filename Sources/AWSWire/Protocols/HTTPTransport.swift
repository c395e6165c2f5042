import Synchronization

/// Sends one request and waits for its whole reply. The only way from this module to the network.
package protocol HTTPTransport: Sendable {
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`) where no whole reply came.
  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse

  /// The head of a reply, as soon as it is there; the time-out is for that alone.
  func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream
}

extension HTTPTransport {
  /// For transports that know whole replies only.
  package func stream(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPStream {
    let response = try await send(request, timeout: timeout)
    let rest = OneShot(Array(response.body))
    return AWSHTTPStream(head: response.head) { rest.take() }
  }
}

/// A value that can be taken once.
final class OneShot<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>
  init(_ value: Value) { self.value = Mutex(value) }

  func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
