import NIOCore

/// The first handler of a clear-text connection: holds its bytes until ``ConnectionPreface`` knows the protocol, then hands over.
final class ProtocolDetector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private var preface = ConnectionPreface()
  private var isDecided = false
  private var held: ByteBuffer?
  /// Adds the protocol's handlers after this one.
  private let configure: (ConnectionPreface.Verdict) throws -> Void

  init(configure: @escaping (ConnectionPreface.Verdict) throws -> Void) { self.configure = configure }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if isDecided { return context.fireChannelRead(data) }
    let verdict = preface.read(bytes.readableBytesView)
    held.setOrWriteImmutableBuffer(bytes)
    guard verdict != .undecided else { return }
    isDecided = true
    do {
      try configure(verdict)
    } catch {
      context.close(promise: nil)
      return
    }
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    guard let bytes = held else { return }
    held = nil
    context.fireChannelRead(wrapInboundOut(bytes))
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that sends no more has no request to make.
    if !isDecided, let event = event as? ChannelEvent, event == .inputClosed { return context.close(promise: nil) }
    if !isDecided, held == nil, event is ChannelShouldQuiesceEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }
}

@available(*, unavailable)
extension ProtocolDetector: Sendable {}
