import NIOCore

/// Tells, once, when the client of a streamed reply has gone away: what it had reserved must not wait for the next write.
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
