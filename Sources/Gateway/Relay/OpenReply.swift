import AWSClient
import AWSServer
import AWSWire
import Bedquota
import Foundation
import NIOCore
import Synchronization

/// A reply of AWS that has begun, with the reservation of its request. Whoever drops it closes the connection to AWS and settles what
/// was used.
final class OpenReply: Sendable {
  let upstream: any UpstreamReply
  let invocation: RelayedInvocation
  private let api: ModelRequest.API
  private let watch: Mutex<RelayedReply>

  init(_ upstream: any UpstreamReply, _ invocation: RelayedInvocation, api: ModelRequest.API, isStreamed: Bool) {
    self.upstream = upstream
    self.invocation = invocation
    self.api = api
    let reply = RelayedReply(api: api, isStreamed: isStreamed, status: upstream.status, headers: upstream.headers)
    // InvokeModel's head tells the usage, whatever becomes of the body.
    if let usage = reply.usage { invocation.arrived(bytes: 0, usage: usage) }
    watch = Mutex(reply)
  }

  deinit { upstream.cancel() }

  /// The next part of the body, with what it says of the usage read; nil at the end.
  /// - Throws: `AWSClientError` if the body breaks off; `CancellationError`.
  func next() async throws -> ByteBuffer? {
    guard let part = try await upstream.next() else {
      watch.withLock { reply in
        let progress = reply.end()
        invocation.arrived(bytes: progress.outputBytes, usage: progress.usage, endsAtLength: reply.endsAtLength)
      }
      return nil
    }
    watch.withLock { reply in
      let progress = part.withUnsafeReadableBytes { reply.add($0) }
      invocation.arrived(bytes: progress.outputBytes, usage: progress.usage, endsAtLength: reply.endsAtLength)
    }
    return part
  }

  /// Whether the reply has come to the end that every reply of its form has.
  var isWhole: Bool { watch.withLock { $0.isWhole || $0.failure != nil } }

  /// Whether nothing is to come that anybody waits for. Converse tells of the usage after the event with which its stream is whole.
  var isComplete: Bool { watch.withLock { $0.isWhole && (api != .converse || $0.usage != nil) } }

  /// What may follow a stream that broke off, so that its client learns of it; nil in the middle of an event, where nothing may.
  func tail(_ error: any Error) -> [UInt8]? {
    guard watch.withLock({ $0.isAtBoundary && $0.failure == nil }) else { return nil }
    return StreamTail.failure(
      AWSFault(
        code: "ModelStreamErrorException", message: "The reply of AWS broke off before its end, so it is incomplete.", status: 424
      ),
      api)
  }

  /// AWS's id of the request.
  var requestID: String? { RelayHeaders.requestID(upstream.headers) }

  /// The model that the reply names.
  var model: String? { watch.withLock { $0.model } }

  /// The error with which the stream ended, as AWS names it.
  var failure: String? { watch.withLock { $0.failure?.code } }
}
