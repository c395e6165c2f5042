import NIOCore
import NIOHTTP1

/// Fails replies whose status is no status, such as `000`: async-http-client takes them for an informational reply, and traps when
/// a body follows.
final class StatusGuard: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = HTTPClientResponsePart

  /// The status that a server sent.
  struct InvalidStatus: Error, CustomStringConvertible {
    var status: UInt
    var description: String { "HTTP status \(status)" }
  }

  private var hasFailed = false

  /// Puts a guard between the decoder of replies and the client.
  static func install(in channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
      try pipeline.addHandler(StatusGuard(), position: .after(decoder))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasFailed else { return }
    if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
      hasFailed = true
      context.fireErrorCaught(InvalidStatus(status: head.status.code))
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
  }
}
