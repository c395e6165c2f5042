import NIOCore
import NIOHTTP2

/// Closes an HTTP/2 connection that broke, that its client has left, or that has kept the server waiting, and ends the connections of
/// a server that drains.
final class HTTP2ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private let deadlines: ConnectionDeadlines
  private var patience: ConnectionPatience
  private var context: ChannelHandlerContext?
  private var openStreams = 0
  private var lastStreamID = HTTP2StreamID.rootStream
  private var isEnding = false

  /// How long a connection without requests stays open after its GOAWAY, so that the client reads it before the connection breaks.
  private static let farewell = TimeAmount.seconds(1)

  init(_ deadlines: ConnectionDeadlines, patience: ConnectionPatience) {
    self.deadlines = deadlines
    self.patience = patience
  }

  /// Counts a stream as a request of the connection. Its ``RequestHandler`` has the deadlines of its body.
  /// - Parameter isLast: whether the connection ends when its streams have.
  func streamOpened(_ id: HTTP2StreamID?, isLast: Bool) {
    openStreams += 1
    if let id { lastStreamID = max(lastStreamID, id) }
    patience.receivedHead(at: .now())
    patience.receivedEnd()
    // Later, because NIO is about to make the stream.
    if isLast, !isEnding { context?.eventLoop.assumeIsolated().execute { self.beginEnding() } }
  }

  func streamClosed() {
    openStreams -= 1
    patience.sentEnd(at: .now())
    if isEnding, openStreams == 0 { context?.close(promise: nil) }
  }

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
    if event is ChannelShouldQuiesceEvent { beginEnding() }
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
    sendGoAway(last: .maxID)
    context?.close(promise: nil)
  }

  // MARK: Draining

  /// Says which request is the last. The client knows that later ones were not looked at, and may send them elsewhere. An earlier
  /// GOAWAY that allows all (RFC 9113, section 6.8) is not possible: NIO takes a connection without streams for ended after any.
  private func beginEnding() {
    guard let context, !isEnding else { return }
    isEnding = true
    sendGoAway(last: lastStreamID)
    guard openStreams == 0 else { return }
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.farewell) { [self] in self.context?.close(promise: nil) }
  }

  private func sendGoAway(last: HTTP2StreamID) {
    guard let context else { return }
    let frame = HTTP2Frame(streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
    context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
  }
}

@available(*, unavailable)
extension HTTP2ConnectionHandler: Sendable {}
