import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// The last handler of an HTTP/1 connection, or of one stream of an HTTP/2 connection: receives requests one at a time, has them
/// answered and sends the replies.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// Bodies up to this size, over HTTP/1, don't count in the sum of all bodies.
  private static let smallBytesMax = 64 * 1_024

  private enum Intake {
    /// No request, or all of it is here.
    case none
    /// Its body is kept.
    case body(Data, bytesMax: Int, @Sendable (Data, ClientPresence) async -> ServerResponse)
    /// The reply is decided, or nobody listens; the rest is dropped, so that the client sees the reply.
    case dropped
  }

  private let exchange: HTTPExchange
  private let executor: EventLoopExecutor
  private let isHTTP1: Bool
  private let deadlines: ConnectionDeadlines
  private let watch: DisconnectWatch
  private var patience: ConnectionPatience
  private var context: ChannelHandlerContext?
  private var head: RequestHead?
  private var intake = Intake.none
  private var hasReplied = false
  /// Whether the connection ends with this request.
  private var isLast = false
  /// Whether the last reply has gone; what comes now is dropped.
  private var isClosing = false
  /// The client's address without its port.
  private lazy var peer = {
    let channel = context?.channel
    return (channel?.remoteAddress ?? channel?.parent?.remoteAddress)?.ipAddress ?? ""
  }()
  /// What this request has taken of the connections' common allowances.
  private var bytesTaken = 0
  private var requestsTaken = 0
  /// The number of the task that answers a request; the first has 1.
  private var task = 0
  /// Whether that task holds the request, and so what it has taken, though the client may be gone.
  private var isHeldByTask = false

  /// - Parameter watch: told when the client leaves; of the connection over HTTP/1, of the stream over HTTP/2.
  init(
    _ exchange: HTTPExchange, executor: EventLoopExecutor, isHTTP1: Bool, deadlines: ConnectionDeadlines, watch: DisconnectWatch,
    patience: ConnectionPatience
  ) {
    self.exchange = exchange
    self.executor = executor
    self.isHTTP1 = isHTTP1
    self.deadlines = deadlines
    self.watch = watch
    self.patience = patience
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
    intake = .dropped
    context = nil
    if !isHeldByTask { giveBack() }
  }

  /// The task that answered a request has ended, and holds nothing of it any more.
  private func ended(_ task: Int) {
    guard task == self.task else { return }
    isHeldByTask = false
    // What the next request takes on the same connection is given back with its reply.
    if context == nil { giveBack() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Over HTTP/1: the client sends no more. Over HTTP/2, the end of a request is no event.
    if let event = event as? ChannelEvent, event == .inputClosed {
      isLast = true
      if head == nil || isClosing { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What follows the last request is dropped, whatever it is; closing now would lose the reply.
    if isClosing, error is HTTPParserError { return }
    guard error is HTTPParserError, !hasReplied, !isAnswering else { return context.close(promise: nil) }
    intake = .dropped
    isLast = true
    send(ServerResponse(status: 400, headers: [], body: Data()))
  }

  /// Whether all of the request is here, and its reply is not.
  private var isAnswering: Bool {
    if case .none = intake { head != nil && !hasReplied } else { false }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    patience.changed(isWritable: context.channel.isWritable, at: .now())
    context.fireChannelWritabilityChanged()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): receive(RequestHead(head))
    case .body(let part): receive(part)
    case .end: receiveEnd()
    }
  }

  // MARK: The request

  private func receive(_ head: RequestHead) {
    guard !isClosing else { return }
    patience.receivedHead(at: .now())
    self.head = head
    hasReplied = false
    isLast = isLast || !head.isKeepAlive
    intake = .dropped
    if let refusal = head.refusal {
      isLast = true
      return refuse(refusal)
    }
    guard exchange.requests.take(1) else { return refuse(.serviceUnavailable) }
    requestsTaken = 1
    var request = head.request
    request.peer = peer
    switch exchange.open(request) {
    case .reply(var reply):
      // Only the client knows whether it sends the body after all, so no other request can follow.
      if head.expectation == .goOn, isHTTP1 { isLast = true }
      reply.stream = nil
      send(reply)
    case .body(let answer): begin(head, bytesMax: exchange.bodyBytesMax, answer)
    case .boundedBody(let bytesMax, let answer): begin(head, bytesMax: min(bytesMax, exchange.bodyBytesMax), answer)
    }
  }

  private func begin(
    _ head: RequestHead, bytesMax: Int, _ answer: @escaping @Sendable (Data, ClientPresence) async -> ServerResponse
  ) {
    guard head.contentLength ?? 0 <= bytesMax else {
      if head.expectation == .goOn, isHTTP1 { isLast = true }
      return refuse(.payloadTooLarge)
    }
    intake = .body(Data(), bytesMax: bytesMax, answer)
    if head.expectation == .goOn {
      context?.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  private func receive(_ part: ByteBuffer) {
    patience.receivedBody(at: .now())
    guard case .body(var body, let bytesMax, let answer) = intake else { return }
    // `intake` must not hold the body too, or each part would copy it.
    intake = .dropped
    let count = body.count + part.readableBytes
    guard count <= bytesMax else { return refuse(.payloadTooLarge) }
    if count > Self.smallBytesMax || !isHTTP1 {
      guard exchange.bytes.take(count - bytesTaken) else { return refuse(.serviceUnavailable) }
      bytesTaken = count
    }
    if body.isEmpty { body = Data(buffer: part) } else { body.append(contentsOf: part.readableBytesView) }
    intake = .body(body, bytesMax: bytesMax, answer)
  }

  private func receiveEnd() {
    patience.receivedEnd()
    guard case .body(let body, _, let answer) = intake else {
      intake = .none
      if hasReplied { reset() }
      return
    }
    intake = .none
    guard let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    task += 1
    isHeldByTask = true
    exchange.tasks.start(on: executor) { [task, watch, executor, tasks = exchange.tasks] id in
      let client = ClientPresence(watch, executor: executor, task: .init(tasks: tasks, id: id))
      let reply = await answer(body, client)
      if let stream = bound.value.send(reply) { await Self.send(stream, to: client, bound) }
      bound.value.ended(task)
    }
  }

  // MARK: The reply

  private func refuse(_ status: HTTPResponseStatus) {
    let code = Int(status.code)
    guard var request = head?.request, let refused = exchange.refused else {
      send(ServerResponse(status: code, headers: [], body: Data()))
      return
    }
    request.peer = peer
    send(refused(code, request))
  }

  /// Sends a reply, or the head of a streamed one.
  /// - Returns: the body that is still to be sent.
  @discardableResult private func send(_ reply: ServerResponse) -> ServerResponse.Stream? {
    guard let context else {
      reply.stream?.clientIsGone()
      return nil
    }
    if reply.isDropped {
      context.close(promise: nil)
      return nil
    }
    let hasBody = head?.isHead != true
    let stream = hasBody ? reply.stream : nil
    if !hasBody { reply.stream?.clientIsGone() }
    context.write(wrapOutboundOut(.head(responseHead(reply, isStream: stream != nil))), promise: nil)
    if let stream {
      context.flush()
      return stream
    }
    if hasBody, !reply.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(data: reply.body)))), promise: nil)
    }
    sendEnd()
    return nil
  }

  private func responseHead(_ reply: ServerResponse, isStream: Bool) -> HTTPResponseHead {
    let version = head?.version ?? .http1_1
    if isHTTP1, exchange.isEnding || reply.endsConnection { isLast = true }
    var headers = HTTPHeaders()
    headers.reserveCapacity(reply.headers.count + 3)
    for (name, value) in reply.headers { headers.add(name: name, value: value) }
    if !isStream { headers.add(name: "Content-Length", value: String(reply.body.count)) }
    headers.add(name: "Date", value: exchange.dates.now())
    if version == .http1_0 {
      // HTTP/1.0 has no chunks: only the end of the connection shows where such a body ends.
      if isStream { isLast = true }
      headers.add(name: "Connection", value: isLast ? "close" : "keep-alive")
    } else if version.major == 1, isLast {
      headers.add(name: "Connection", value: "close")
    }
    return HTTPResponseHead(version: version, status: .init(statusCode: reply.status), headers: headers)
  }

  private static func send(_ stream: ServerResponse.Stream, to client: ClientPresence, _ bound: NIOLoopBound<RequestHandler>)
    async
  {
    do {
      try await client.whilePresent {
        try await withTaskCancellationHandler {
          var sink: any ResponseSink = StreamSink(handler: bound)
          try await stream.write(&sink)
        } onCancel: {
          stream.clientIsGone()
        }
      }
      bound.value.sendEnd()
    } catch {
      // Without its end, the client knows that the reply is incomplete.
      bound.value.context?.close(promise: nil)
    }
  }

  /// Sends a part of a streamed body.
  /// - Returns: what to wait for before the next part; nil if the client keeps up.
  func send(part: ByteBuffer) throws -> EventLoopFuture<Void>? {
    guard let context else { throw ChannelError.ioOnClosedChannel }
    guard context.channel.isWritable else { return context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part)))) }
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil)
    return nil
  }

  private func sendEnd() {
    guard let context else { return }
    patience.sentEnd(at: .now())
    giveBack()
    hasReplied = true
    isClosing = isLast && isHTTP1
    // Before the end is written, because NIO delivers the next request while it is.
    if case .none = intake, !isClosing { reset() }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    guard isClosing else { return }
    // The input stays open, so that the client can still read the reply; what it sends is dropped until it closes too.
    intake = .dropped
    context.close(mode: .output).whenFailure { [bound = NIOLoopBound(self, eventLoop: context.eventLoop)] _ in
      bound.value.context?.close(promise: nil)
    }
  }

  /// Forgets a request that has come whole and whose reply has gone.
  private func reset() {
    head = nil
    hasReplied = false
  }

  private func giveBack() {
    exchange.bytes.giveBack(bytesTaken)
    exchange.requests.giveBack(requestsTaken)
    (bytesTaken, requestsTaken) = (0, 0)
  }
}

extension RequestHandler: ConnectionDeadlines.Waiting {
  var deadline: NIODeadline? { patience.deadline }
  func giveUp() { context?.close(promise: nil) }
}

@available(*, unavailable)
extension RequestHandler: Sendable {}

/// Writes the body of a streamed reply from the task that makes it, which runs on the connection's event loop.
private struct StreamSink: ResponseSink {
  let handler: NIOLoopBound<RequestHandler>

  mutating func write(_ bytes: [UInt8]) async throws { try await write(ByteBuffer(bytes: bytes)) }

  mutating func write(_ bytes: ByteBuffer) async throws {
    guard bytes.readableBytes > 0 else { return }
    let isSent = try handler.value.send(part: bytes)
    try await isSent?.get()
  }
}
