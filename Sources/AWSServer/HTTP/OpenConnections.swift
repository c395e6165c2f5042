import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import NIOTLS
import Synchronization

/// Sets up each connection that Hummingbird's server accepts, and keeps account of them.
///
/// A server that is cancelled drops the connections that wait in its queue, so ``close()`` closes those that are still open.
final class OpenConnections: ServerChildChannel {
  struct Value: ServerChildChannelValue {
    let channel: any Channel
  }

  /// The server has stopped.
  private struct Closed: Error {}

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let exchange: HTTPExchange
  private let tls: NIOSSLContext?
  private let drain: HTTPDrain?

  /// - Parameters:
  ///   - tls: nil for clear text.
  ///   - drain: counts the connections.
  init(_ exchange: HTTPExchange, tls: NIOSSLContext?, drain: HTTPDrain?) {
    self.exchange = exchange
    self.tls = tls
    self.drain = drain
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      do {
        try add(channel)
        try configure(channel)
      } catch {
        channel.close(promise: nil)
        throw error
      }
      return Value(channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await withTaskCancellationHandler {
      try? await value.channel.closeFuture.get()
    } onCancel: {
      value.channel.close(promise: nil)
    }
  }

  /// Closes all connections, and refuses new ones.
  func close() async {
    let rest = state.withLock { state in
      state.isClosed = true
      return Array(state.channels.values)
    }
    for channel in rest { channel.close(promise: nil) }
    for channel in rest { try? await channel.closeFuture.get() }
  }

  private func add(_ channel: any Channel) throws {
    let id = ObjectIdentifier(channel)
    let isClosed = state.withLock { state in
      if !state.isClosed { state.channels[id] = channel }
      return state.isClosed
    }
    if isClosed { throw Closed() }
    drain?.opened()
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { _ = $0.channels.removeValue(forKey: id) }
      self.drain?.closed()
    }
  }

  private func configure(_ channel: any Channel) throws {
    let exchange = exchange
    let connectedAt = NIODeadline.now()
    let giveUp = channel.eventLoop.scheduleTask(in: exchange.firstHead) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in giveUp.cancel() }
    let decide: @Sendable (ConnectionPreface.Verdict) throws -> Void = { verdict in
      giveUp.cancel()
      if verdict == .http2 {
        try exchange.configureHTTP2(channel, connectedAt: connectedAt)
      } else {
        try exchange.configureHTTP1(channel, connectedAt: connectedAt)
      }
    }
    let pipeline = channel.pipeline.syncOperations
    guard let tls else { return try pipeline.addHandler(ProtocolDetector(configure: decide)) }
    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
    try pipeline.addHandler(
      ApplicationProtocolNegotiationHandler { result in
        channel.eventLoop.makeCompletedFuture { try decide(result == .negotiated("h2") ? .http2 : .http1) }
      })
    try pipeline.addHandler(ConnectionErrorHandler())
  }
}

/// Closes a connection whose TLS fails, in the handshake or later.
private final class ConnectionErrorHandler: ChannelInboundHandler, Sendable {
  typealias InboundIn = NIOAny

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
