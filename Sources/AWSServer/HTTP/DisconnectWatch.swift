import NIOCore

/// Reports that the client of a streamed reply has disconnected, without waiting for the next write to fail.
final class DisconnectWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = NIOAny

  private let onGone: @Sendable () -> Void

  init(_ onGone: @escaping @Sendable () -> Void) { self.onGone = onGone }

  func channelInactive(context: ChannelHandlerContext) {
    onGone()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed { onGone() }
    context.fireUserInboundEventTriggered(event)
  }
}
