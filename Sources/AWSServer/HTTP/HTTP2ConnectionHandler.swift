import NIOCore
import NIOHTTP2

/// Closes an HTTP/2 connection that broke, that its client has left, or that has kept the server waiting.
final class HTTP2ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let deadlines: ConnectionDeadlines
  private var patience: ConnectionPatience
  private var context: ChannelHandlerContext?

  init(_ deadlines: ConnectionDeadlines, patience: ConnectionPatience) {
    self.deadlines = deadlines
    self.patience = patience
  }

  /// Counts a stream as a request of the connection. Its ``RequestHandler`` has the deadlines of its body.
  func streamOpened() {
    patience.receivedHead(at: .now())
    patience.receivedEnd()
  }

  func streamClosed() { patience.sentEnd(at: .now()) }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    deadlines.add(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  private func end() {
    deadlines.remove(self)
    context = nil
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    patience.changed(isWritable: context.channel.isWritable, at: .now())
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  /// NIO has sent the reason to the client already, if the client can still be reached.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An error of one stream ends only that one.
    if error is NIOHTTP2Errors.StreamError { return }
    context.close(promise: nil)
  }
}

extension HTTP2ConnectionHandler: ConnectionDeadlines.Waiting {
  var deadline: NIODeadline? { patience.deadline }

  func giveUp() {
    guard let context else { return }
    let frame = HTTP2Frame(streamID: .rootStream, payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil))
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    context.close(promise: nil)
  }
}

@available(*, unavailable)
extension HTTP2ConnectionHandler: Sendable {}
