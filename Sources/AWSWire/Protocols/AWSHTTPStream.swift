package import Foundation
package import HTTPTypes
import Synchronization

/// A reply whose body is still arriving.
package struct AWSHTTPStream: Sendable {
  package var head: HTTPResponse
  package var body: Body
  /// Takes the caller's secrets out of an error that arrives in the body.
  package var hiding: @Sendable (AWSClientError.Service) -> AWSClientError.Service = { $0 }

  /// - Parameter next: reads the next bytes from the connection; nil at the end of the body.
  package init(head: HTTPResponse, next: @escaping @Sendable () async throws -> [UInt8]?) {
    self.init(head: head, pieces: { _ in try await next() })
  }

  /// - Parameter pieces: reads the next bytes; nil at the end of the body. Its argument says whether the reader still waits for what
  ///   it waited for before, so that the limit on silence goes on rather than begins anew.
  package init(head: HTTPResponse, pieces: @escaping @Sendable (_ isContinued: Bool) async throws -> [UInt8]?) {
    self.head = head
    body = Body(next: pieces)
  }

  /// The same reply with a piece of its body put back, for a reader who has looked at it.
  package func putBack(_ piece: [UInt8], from iterator: Body.Iterator) -> AWSHTTPStream {
    let first = OneShot(piece)
    var copy = AWSHTTPStream(
      head: head,
      pieces: { isContinued in
        if let piece = first.take() { return piece }
        return try await iterator.next(isContinued: isContinued)
      })
    copy.hiding = hiding
    return copy
  }

  /// The bytes, in pieces as they arrive. Nothing is read before it is asked for.
  ///
  /// Only one reader gets them: every iterator after the first throws, because two readers would each see only parts of the body.
  package struct Body: AsyncSequence, Sendable {
    private let next: @Sendable (Bool) async throws -> [UInt8]?
    private let claim = Claim()

    fileprivate init(next: @escaping @Sendable (Bool) async throws -> [UInt8]?) { self.next = next }

    package func makeAsyncIterator() -> Iterator { Iterator(pieces: claim.take() ? next : nil) }

    package struct Iterator: AsyncIteratorProtocol, Sendable {
      /// nil if another iterator has the body.
      fileprivate let pieces: (@Sendable (Bool) async throws -> [UInt8]?)?

      /// - Throws: ``AWSClientError``: `response` if this is not the only reader, else what the transport throws.
      package func next() async throws -> [UInt8]? { try await next(isContinued: false) }

      /// - Parameter isContinued: whether the reader still waits for what it waited for before.
      package func next(isContinued: Bool) async throws -> [UInt8]? {
        guard let pieces else { throw AWSClientError.secondReader }
        return try await pieces(isContinued)
      }
    }
  }

  /// Reads the whole body.
  /// - Parameter max: the limit in bytes; a longer body is an error and is not read to its end.
  /// - Throws: ``AWSClientError``.
  package func whole(max: Int) async throws -> Data {
    var data = Data()
    let iterator = body.makeAsyncIterator()
    while let piece = try await iterator.next(isContinued: !data.isEmpty) {
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
