import Foundation
import NIOCore

/// The body of a request, in pieces, which tells a clock how much of it has left.
///
/// The connection asks for a piece when it has room for it. A body whose last piece was never asked for can't have reached the
/// service, so the request is safe to send again.
struct WatchedBody: AsyncSequence, Sendable {
  private static let pieceBytes = 65_536

  let bytes: Data
  let clock: ReplyClock

  struct AsyncIterator: AsyncIteratorProtocol {
    var rest: Data.SubSequence
    let clock: ReplyClock

    mutating func next() async -> ByteBuffer? {
      guard !rest.isEmpty else { return nil }
      let piece = rest.prefix(WatchedBody.pieceBytes)
      rest = rest.dropFirst(piece.count)
      clock.begin(isLastPiece: rest.isEmpty)
      return ByteBuffer(bytes: piece)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...], clock: clock) }
}
