package import Foundation
package import HTTPTypes
import Synchronization

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

/// A reply whose body is still to come.
package struct AWSHTTPStream: Sendable {
  package var head: HTTPResponse
  /// In the pieces that the network makes of it; nothing is read ahead of who reads it.
  package var body: Body

  package init(head: HTTPResponse, next: @escaping @Sendable () async throws -> [UInt8]?) {
    self.head = head
    body = Body(next: next)
  }

  /// Pieces of bytes, each asked for when it is wanted. For one reader.
  package struct Body: AsyncSequence, AsyncIteratorProtocol, Sendable {
    let next: @Sendable () async throws -> [UInt8]?
    package func makeAsyncIterator() -> Self { self }
    package func next() async throws -> [UInt8]? { try await next() }
  }

  /// All of it; what is over the limit is not read further.
  package func whole(max: Int) async throws -> Data {
    var data = Data()
    for try await piece in body {
      guard data.count + piece.count <= max else {
        throw AWSClientError(.response, "A reply of over \(max >> 20) MB was not read further.")
      }
      data.append(contentsOf: piece)
    }
    return data
  }
}

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
