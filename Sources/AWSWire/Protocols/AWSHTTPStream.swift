package import Foundation
package import HTTPTypes
import Synchronization

/// A reply whose body is still arriving.
package struct AWSHTTPStream: Sendable {
  package var head: HTTPResponse
  package var body: Body

  /// - Parameter next: reads the next bytes from the connection; nil at the end of the body.
  package init(head: HTTPResponse, next: @escaping @Sendable () async throws -> [UInt8]?) {
    self.head = head
    body = Body(next: next)
  }

  /// The bytes, in pieces as they arrive. Nothing is read before it is asked for.
  ///
  /// Only one reader gets them: every iterator after the first throws, because two readers would each see only parts of the body.
  package struct Body: AsyncSequence, Sendable {
    private let next: @Sendable () async throws -> [UInt8]?
    private let claim = Claim()

    fileprivate init(next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }

    package func makeAsyncIterator() -> Iterator { Iterator(pieces: claim.take() ? next : nil) }

    package struct Iterator: AsyncIteratorProtocol, Sendable {
      /// nil if another iterator has the body.
      fileprivate let pieces: (@Sendable () async throws -> [UInt8]?)?

      /// - Throws: ``AWSClientError``: `response` if this is not the only reader, else what the transport throws.
      package func next() async throws -> [UInt8]? {
        guard let pieces else { throw AWSClientError.secondReader }
        return try await pieces()
      }
    }
  }

  /// Reads the whole body.
  /// - Parameter max: the limit in bytes; a longer body is an error and is not read to its end.
  /// - Throws: ``AWSClientError``.
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

extension AWSClientError {
  /// The body of a reply has two readers.
  package static var secondReader: AWSClientError {
    AWSClientError(.response, "The reply is being read by another task; a streamed reply can have only one reader.")
  }
}

/// Lets only the first call of `take` succeed.
private final class Claim: Sendable {
  private let isTaken = Atomic(false)

  func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }
}
