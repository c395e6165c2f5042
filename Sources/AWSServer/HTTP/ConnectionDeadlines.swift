import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client keeps the server waiting for longer than ``ConnectionPatience`` has.
///
/// A connection has one timer. It fires every few seconds and then looks at the deadline, so that no request needs a timer of its
/// own.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// The longest time between two looks at the deadline.
  private static let tick = TimeAmount.seconds(5)

  private var patience: ConnectionPatience
  private var timer: Scheduled<Void>?

  init(_ limits: ConnectionPatience.Limits) { patience = ConnectionPatience(limits, at: .now()) }

  func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { schedule(context) } }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelActive(context: ChannelHandlerContext) {
    schedule(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: patience.receivedHead(at: .now())
    case .body: patience.receivedBody(at: .now())
    case .end: patience.receivedEnd()
    }
    context.fireChannelRead(data)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    patience.changed(isWritable: context.channel.isWritable, at: .now())
    context.fireChannelWritabilityChanged()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { patience.sentEnd(at: .now()) }
    context.write(data, promise: promise)
  }

  private func schedule(_ context: ChannelHandlerContext) {
    guard timer == nil else { return }
    let now = NIODeadline.now()
    let next = max(min(patience.deadline ?? .distantFuture, now + Self.tick), now + .milliseconds(10))
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in
      timer = nil
      guard context.channel.isActive else { return }
      if let deadline = patience.deadline, deadline <= .now() { return context.close(promise: nil) }
      schedule(context)
    }
  }

  private func stop() {
    timer?.cancel()
    timer = nil
  }
}

@available(*, unavailable)
extension ConnectionDeadlines: Sendable {}
