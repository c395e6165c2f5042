import NIOCore
import NIOHTTP2

/// Gathers the flushes of a connection's streams into one, because every flush is a system call.
final class FlushGatherer: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var isScheduled = false

  func flush(context: ChannelHandlerContext) {
    guard !isScheduled else { return }
    isScheduled = true
    // This runs after the tasks that answer the requests of the same read.
    context.eventLoop.assumeIsolated().execute { [self] in
      isScheduled = false
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

/// Marks a reply's last frame of data as its end. NIO's codec sends another, empty frame for that.
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

  /// The stream broke off, so the end of its reply won't come.
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
