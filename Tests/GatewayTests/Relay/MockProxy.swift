import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A proxy on a free port of 127.0.0.1 that connects to where CONNECT says, or answers with a status of its own.
final class MockProxy: Sendable {
  private let listener: any Channel
  private let seen: Seen

  private final class Seen: Sendable {
    let heads = Mutex<[HTTPRequestHead]>([])
  }

  private init(_ listener: any Channel, _ seen: Seen) {
    self.listener = listener
    self.seen = seen
  }

  var port: Int { listener.localAddress?.port ?? 0 }
  var heads: [HTTPRequestHead] { seen.heads.withLock { $0 } }

  /// Serves while `body` runs.
  /// - Parameter status: of the reply to CONNECT; nil: it connects.
  static func with<Output: Sendable>(
    status: Int? = nil, isSOCKS: Bool = false, _ body: (MockProxy) async throws -> Output
  ) async throws -> Output {
    let seen = Seen()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard !isSOCKS else { return try channel.pipeline.syncOperations.addHandler(SOCKS(seen)) }
          try channel.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)),
            Connect(seen, status: status))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let proxy = MockProxy(listener, seen)
    let result: Result<Output, any Error>
    do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
    try? await listener.close()
    return try result.get()
  }

  private final class Connect: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let seen: Seen
    private let status: Int?

    init(_ seen: Seen, status: Int?) { (self.seen, self.status) = (seen, status) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .head(let head) = unwrapInboundIn(data) else { return }
      seen.heads.withLock { $0.append(head) }
      let client = context.channel
      guard status == nil else { return Self.reply(status ?? 0, client) }
      let target = head.uri.split(separator: ":")
      let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop)
        .connect(host: String(target[0]), port: Int(target[1]) ?? 0)
        .whenComplete { result in
          guard let server = try? result.get() else { return Self.reply(502, client) }
          Self.reply(200, client)
          let pipeline = client.pipeline.syncOperations
          do {
            let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(Glue(to: server))
            try server.pipeline.syncOperations.addHandler(Glue(to: client))
            for handler in [bound.value, encoder] as [any RemovableChannelHandler] {
              pipeline.removeHandler(handler).whenFailure { _ in client.close(promise: nil) }
            }
            pipeline.removeHandler(decoder).whenFailure { _ in client.close(promise: nil) }
          } catch {
            client.close(promise: nil)
          }
        }
    }

    private static func reply(_ status: Int, _ channel: any Channel) {
      let head = HTTPResponseHead(
        version: .http1_1, status: .init(statusCode: status), headers: status == 200 ? [:] : ["Content-Length": "0"])
      channel.write(HTTPServerResponsePart.head(head), promise: nil)
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
  }

  /// SOCKS 5 without a password, for names alone (RFC 1928).
  private final class SOCKS: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    private let seen: Seen

    init(_ seen: Seen) { self.seen = seen }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var bytes = unwrapInboundIn(data)
      let client = context.channel
      guard bytes.readableBytes > 4 else {
        client.writeAndFlush(ByteBuffer(bytes: [5, 0]), promise: nil)
        return
      }
      bytes.moveReaderIndex(forwardBy: 4)
      let length = bytes.readInteger(as: UInt8.self) ?? 0
      let (host, port) = (bytes.readString(length: Int(length)) ?? "", bytes.readInteger(as: UInt16.self) ?? 0)
      seen.heads.withLock { $0.append(HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: "\(host):\(port)")) }
      let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
      ClientBootstrap(group: context.eventLoop).connect(host: host, port: Int(port)).whenComplete { result in
        guard let server = try? result.get() else { return client.close(promise: nil) }
        client.writeAndFlush(ByteBuffer(bytes: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), promise: nil)
        do {
          try client.pipeline.syncOperations.addHandler(Glue(to: server))
          try server.pipeline.syncOperations.addHandler(Glue(to: client))
          client.pipeline.syncOperations.removeHandler(bound.value).whenFailure { _ in client.close(promise: nil) }
        } catch {
          client.close(promise: nil)
        }
      }
    }
  }

  private final class Glue: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
