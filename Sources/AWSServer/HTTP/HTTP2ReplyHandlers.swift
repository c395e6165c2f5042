import NIOCore
import NIOHTTP2

/// Sends what the streams of a connection have written in one piece: each asks for a flush of its own, which is a call of the system.
final class FlushGatherer: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var isAsked = false

  func flush(context: ChannelHandlerContext) {
    guard !isAsked else { return }
    isAsked = true
    // After the tasks that answer the requests of the same read.
    context.eventLoop.assumeIsolated().execute { [self] in
      isAsked = false
      context.flush()
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.flush()
    context.close(mode: mode, promise: promise)
  }
}

@available(*, unavailable)
extension FlushGatherer: Sendable {}

/// Puts the end of a reply into its last frame of data. NIO's codec sends an empty frame for it.
final class EndMerger: ChannelOutboundHandler {
  typealias OutboundIn = HTTP2Frame.FramePayload
  typealias OutboundOut = HTTP2Frame.FramePayload

  private var held: (data: HTTP2Frame.FramePayload.Data, promise: EventLoopPromise<Void>?)?

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .data(let next) = unwrapOutboundIn(data) else {
      release(context)
      return context.write(data, promise: promise)
    }
    if next.endStream, next.data.readableBytes == 0, var last = held {
      held = nil
      last.data.endStream = true
      if let promise, let first = last.promise { first.futureResult.cascade(to: promise) }
      return context.write(wrapOutboundOut(.data(last.data)), promise: last.promise ?? promise)
    }
    release(context)
    if next.endStream { context.write(data, promise: promise) } else { held = (next, promise) }
  }

  func flush(context: ChannelHandlerContext) {
    release(context)
    context.flush()
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    release(context)
    context.close(mode: mode, promise: promise)
  }

  /// A reply that is broken off has no end to wait for.
  func handlerRemoved(context: ChannelHandlerContext) {
    held?.promise?.fail(ChannelError.ioOnClosedChannel)
    held = nil
  }

  private func release(_ context: ChannelHandlerContext) {
    guard let (data, promise) = held else { return }
    held = nil
    context.write(wrapOutboundOut(.data(data)), promise: promise)
  }
}

@available(*, unavailable)
extension EndMerger: Sendable {}
