import AWSClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection to AWS, at the end of its pipeline. It carries one exchange at a time.
final class UpstreamConnection: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = Never
  typealias OutboundOut = HTTPClientRequestPart

  /// The most that one read of the network brings.
  static let readBytesMax = 65_536
  /// The size in which a large body leaves, so that no second copy of it is made.
  private static let pieceBytes = 131_072

  private enum State {
    /// For the exchange that needs it, unless that is gone.
    case connecting(UpstreamExchange?)
    case idle
    case busy(UpstreamExchange)
    case closed
  }

  let host: UpstreamHost
  private let pool: UpstreamPool
  private let ended: EventLoopPromise<Void>
  private var state: State
  private var context: ChannelHandlerContext?
  /// Known before this is a part of its pipeline.
  private var channel: (any Channel)?
  /// Gives up making it.
  private var timer: Scheduled<Void>?
  /// When it became idle.
  private(set) var freeSince = NIODeadline.distantPast
  /// The bytes of the body that have been handed to the channel.
  private var bodyBytesSent = 0
  private var isSending = false
  /// Whether the connection may be used again after this reply.
  private var isKeepAlive = true
  /// Whether only the end of the connection shows where the body ends.
  private var endsWithConnection = false
  /// Whether the channel wants to read, and the reader is too far behind.
  private var isPaused = false

  init(to host: UpstreamHost, in pool: UpstreamPool, for exchange: UpstreamExchange) {
    self.host = host
    self.pool = pool
    ended = pool.makePromise()
    state = .connecting(exchange)
    exchange.connection = self
  }

  /// Whether it waits for a request.
  var isIdle: Bool {
    if case .idle = state { true } else { false }
  }

  /// Completes when the connection has ended.
  var closed: EventLoopFuture<Void> { ended.futureResult }

  // MARK: Its making

  var isConnecting: Bool {
    if case .connecting = state { true } else { false }
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// - Parameter timer: gives up at the end of the time for it.
  func begin(_ timer: Scheduled<Void>) { self.timer = timer }

  /// There is a channel, on which a proxy and TLS come first.
  ///
  /// It may close before this is a part of its pipeline, which then tells nothing of it.
  func opened(_ channel: any Channel) {
    self.channel = channel
    channel.closeFuture.assumeIsolated().whenComplete { [self] _ in channelClosed() }
  }

  /// The connection is there, with TLS and all.
  func connected() {
    guard case .connecting(let exchange) = state else { return }
    timer?.cancel()
    becomeIdle()
    if let exchange { send(exchange) } else { pool.release(self) }
  }

  /// The connection could not be made.
  func failed(_ error: any Error) {
    guard case .connecting(let exchange) = state else { return }
    state = .closed
    timer?.cancel()
    exchange?.fail(error)
    guard let channel else { return finish() }
    channel.close(promise: nil)
  }

  private func becomeIdle() {
    state = .idle
    freeSince = .now()
  }

  private func finish() {
    pool.remove(self)
    ended.succeed()
  }

  // MARK: The request

  /// Sends a request on the idle connection.
  func send(_ exchange: UpstreamExchange) {
    guard case .idle = state, let context else { return exchange.fail(UpstreamFailure.broken) }
    state = .busy(exchange)
    exchange.connection = self
    (bodyBytesSent, isSending, endsWithConnection) = (0, true, false)
    context.write(wrapOutboundOut(.head(exchange.request.head(to: host.destination))), promise: nil)
    sendBody(exchange, context)
    exchange.waits()
  }

  private func sendBody(_ exchange: UpstreamExchange, _ context: ChannelHandlerContext) {
    let body = exchange.request.body
    while bodyBytesSent < body.count {
      let rest = body.dropFirst(bodyBytesSent)
      let piece = rest.prefix(Self.pieceBytes)
      bodyBytesSent += piece.count
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: piece)))), promise: nil)
      guard bodyBytesSent < body.count else { break }
      context.flush()
      guard context.channel.isWritable else { return }
    }
    isSending = false
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { exchange.isSentWhole = true }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard isSending, context.channel.isWritable, case .busy(let exchange) = state else { return }
    exchange.waits()
    sendBody(exchange, context)
  }

  // MARK: The reply

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .busy(let exchange) = state else { return close() }
    switch unwrapInboundIn(data) {
    case .head(let head):
      do {
        let framing = try ReplyFraming(head, to: exchange.request.method)
        isKeepAlive = framing.isKeepAlive
        endsWithConnection = framing.endsWithConnection
        exchange.receive(UpstreamExchange.Head(status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }))
      } catch {
        exchange.fail(error)
      }
    case .body(let part): exchange.receive(part)
    case .end: end(exchange)
    }
  }

  private func end(_ exchange: UpstreamExchange) {
    exchange.end()
    becomeIdle()
    isPaused = false
    // A server that answers before it has the request doesn't read the rest of it.
    guard isKeepAlive, exchange.isSentWhole, context?.channel.isActive == true else {
      exchange.deliver()
      return close()
    }
    pool.release(self)
    exchange.deliver()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard case .busy(let exchange) = state else { return }
    exchange.deliver()
  }

  /// The channel asks whether to read on.
  func read(context: ChannelHandlerContext) {
    if case .busy(let exchange) = state, exchange.isAhead {
      isPaused = true
    } else {
      context.read()
    }
  }

  /// The reader has taken something.
  func readOn() {
    guard isPaused, case .busy(let exchange) = state, !exchange.isAhead else { return }
    isPaused = false
    context?.read()
  }

  // MARK: Its end

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { connected() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .connecting: failed(error)
    case .busy(let exchange):
      // Where the length of the body is known, a connection may end without TLS's goodbye.
      if UpstreamConnector.isUncleanEnd(error), !endsWithConnection { return }
      exchange.fail(ReplyFraming.failure(error))
    case .idle, .closed: close()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    channelClosed()
    context.fireChannelInactive()
  }

  private func channelClosed() {
    switch state {
    case .connecting:
      failed(ChannelError.eof)
      finish()
    case .busy(let exchange):
      state = .closed
      exchange.connection = nil
      exchange.fail(UpstreamFailure.broken)
      finish()
    case .idle:
      pool.unlist(self)
      state = .closed
      finish()
    case .closed: finish()
    }
  }

  /// An exchange needs the connection no more, and its reply has not come whole.
  func leave(_ exchange: UpstreamExchange) {
    switch state {
    // Others may need what is being made.
    case .connecting(let mine) where mine === exchange: state = .connecting(nil)
    case .busy(let mine) where mine === exchange: close()
    case .connecting, .busy, .idle, .closed: break
    }
  }

  func close() {
    switch state {
    case .connecting: failed(UpstreamFailure.closing)
    case .busy(let exchange):
      state = .closed
      exchange.connection = nil
      exchange.fail(UpstreamFailure.closing)
      context?.close(promise: nil)
    case .idle:
      pool.unlist(self)
      state = .closed
      context?.close(promise: nil)
    case .closed: break
    }
  }

  // MARK: Time

  /// When it is to be looked at; nil while nothing limits it.
  func deadline(idleMax: TimeAmount) -> NIODeadline? {
    switch state {
    case .busy(let exchange): exchange.deadline
    case .idle: freeSince + idleMax
    case .connecting, .closed: nil
    }
  }

  func look(at now: NIODeadline, idleMax: TimeAmount) {
    guard let deadline = deadline(idleMax: idleMax), deadline <= now else { return }
    if case .busy(let exchange) = state { exchange.fail(UpstreamFailure.silence) } else { close() }
  }
}

@available(*, unavailable)
extension UpstreamConnection: Sendable {}
