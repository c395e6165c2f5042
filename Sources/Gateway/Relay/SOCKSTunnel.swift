import AWSClient
import NIOCore
import NIOSOCKS

/// A connection through a SOCKS 5 proxy, which resolves the name of the destination.
enum SOCKSTunnel {
  /// - Returns: completes when bytes reach the destination.
  static func open(to destination: Destination, _ channel: any Channel) throws -> EventLoopFuture<Void> {
    let done = channel.eventLoop.makePromise(of: Void.self)
    let client = SOCKSClientHandler(targetAddress: .domain(destination.host, port: destination.port))
    let events = Events(done)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(client, events)
    return done.futureResult.assumeIsolated()
      .flatMap { pipeline.removeHandler(events).assumeIsolated().flatMap { pipeline.removeHandler(client) }.nonisolated() }
      .nonisolated()
  }

  /// Waits for the proxy's answer.
  private final class Events: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is SOCKSProxyEstablishedEvent { done.succeed() } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      done.fail(error)
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      done.fail(ChannelError.eof)
      context.fireChannelInactive()
    }
  }
}
