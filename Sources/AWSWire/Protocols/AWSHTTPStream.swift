package import Foundation
package import HTTPTypes

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
