import Dispatch
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a free port of 127.0.0.1 that answers each request with bytes of a script, valid HTTP or not.
final class MockUpstream: Sendable {
  struct Request: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8]
    /// The number of the connection, from 1.
    var connection: Int
  }

  enum Step: Sendable {
    case send(String)
    case bytes(ByteBuffer)
    /// Goes on when the future has completed.
    case wait(EventLoopFuture<Void>)
    /// Closes the connection.
    case close
    /// Closes it at once, so that the other side is refused what it sends.
    case reset
  }

  private struct State {
    var requests: [Request] = []
    var accepted = 0
    var open: [Int: any Channel] = [:]
    var waiting: [(isMet: @Sendable (Int) -> Bool, promise: EventLoopPromise<Void>)] = []
  }

  private let state = Mutex(State())
  private static let gates = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// What a step may wait for. It is on a thread that no test holds up.
  static func gate() -> EventLoopPromise<Void> { gates.next().makePromise() }

  private let listener: any Channel

  /// The server, which connections can't need before somebody knows its port.
  private final class Box: Sendable {
    let server = Mutex<MockUpstream?>(nil)
  }

  private init(_ listener: any Channel) { self.listener = listener }

  /// Serves while `body` runs.
  static func with<Output: Sendable>(
    answer: @escaping @Sendable (Request) -> [Step], _ body: (MockUpstream) async throws -> Output
  ) async throws -> Output {
    let box = Box()
    // Threads of its own: a test may hold up those of the client.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let server = box.server.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
          let number = server.accept(channel)
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            Handler(server, number: number, answer: answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = MockUpstream(listener)
    box.server.withLock { $0 = server }
    let result: Result<Output, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    try? await listener.close()
    for channel in server.state.withLock({ Array($0.open.values) }) { try? await channel.close() }
    try? await group.shutdownGracefully()
    return try result.get()
  }

  var port: Int { listener.localAddress?.port ?? 0 }
  var authority: String { "127.0.0.1:\(port)" }
  var requests: [Request] { state.withLock { $0.requests } }
  /// The connections that were ever made.
  var accepted: Int { state.withLock { $0.accepted } }
  var open: Int { state.withLock { $0.open.count } }

  /// Waits until the number of open connections is what it should be.
  func whenOpen(_ isMet: @escaping @Sendable (Int) -> Bool) async throws {
    let promise = listener.eventLoop.makePromise(of: Void.self)
    let isNow = state.withLock { state in
      if isMet(state.open.count) { return true }
      state.waiting.append((isMet, promise))
      return false
    }
    if isNow { promise.succeed() }
    try await promise.futureResult.get()
  }

  /// Holds up the calling thread until no connection is open.
  func blockUntilClosed() {
    let semaphore = DispatchSemaphore(value: 0)
    for channel in state.withLock({ Array($0.open.values) }) {
      channel.closeFuture.whenComplete { _ in semaphore.signal() }
      semaphore.wait()
    }
  }

  private func accept(_ channel: any Channel) -> Int {
    let number = state.withLock { state in
      state.accepted += 1
      state.open[state.accepted] = channel
      return state.accepted
    }
    channel.closeFuture.whenComplete { _ in self.changed { $0.open[number] = nil } }
    changed { _ in }
    return number
  }

  private func changed(_ change: (inout State) -> Void) {
    let met = state.withLock { state in
      change(&state)
      let count = state.open.count
      let met = state.waiting.filter { $0.isMet(count) }
      state.waiting.removeAll { $0.isMet(count) }
      return met
    }
    for one in met { one.promise.succeed() }
  }

  fileprivate func record(_ request: Request) { state.withLock { $0.requests.append(request) } }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: MockUpstream
    private let number: Int
    private let answer: @Sendable (Request) -> [Step]
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ server: MockUpstream, number: Int, answer: @escaping @Sendable (Request) -> [Step]) {
      (self.server, self.number, self.answer) = (server, number, answer)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): (self.head, body) = (head, [])
      case .body(let part): body += part.readableBytesView
      case .end:
        guard let head else { return }
        let request = Request(head: head, body: body, connection: number)
        server.record(request)
        Self.run(answer(request)[...], context.channel)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func run(_ steps: ArraySlice<Step>, _ channel: any Channel) {
      guard let step = steps.first else { return }
      let rest = steps.dropFirst()
      switch step {
      case .send(let text): channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in run(rest, channel) }
      case .bytes(let buffer): channel.writeAndFlush(buffer).whenComplete { _ in run(rest, channel) }
      case .wait(let future): future.hop(to: channel.eventLoop).whenComplete { _ in run(rest, channel) }
      case .close: channel.close(promise: nil)
      case .reset:
        let lingersNot = linger(l_onoff: 1, l_linger: 0)
        (channel as? any SocketOptionProvider)?.setSoLinger(lingersNot).whenComplete { _ in channel.close(promise: nil) }
      }
    }
  }
}
