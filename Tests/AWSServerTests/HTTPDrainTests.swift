import AWSServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// How a server ends that finishes what it has.
@Suite struct HTTPDrainTests {
  /// A server whose requests to `/slow` wait until they are let go.
  private final class Drained: Sendable {
    let drain = HTTPDrain()
    let url: String
    private let running: Task<Void, any Error>
    private let slow: AsyncStream<Void>.Continuation
    private let arrivals: AsyncStream<Void>

    init() async throws {
      let (gate, slow) = AsyncStream.makeStream(of: Void.self)
      let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
      let (urls, ready) = AsyncStream.makeStream(of: String.self)
      let server = HTTPServer(
        host: "127.0.0.1", port: 0, drain: drain, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) { request in
        guard request.path == "/slow" else { return .reply(.json(Data("{}".utf8))) }
        return .body { _, _ in
          arrived.yield()
          for await _ in gate { break }
          return .json(Data("\"slow\"".utf8))
        }
      }
      running = Task { try await server.run(stopsOnSignals: false) { ready.yield($0) } }
      self.slow = slow
      self.arrivals = arrivals
      url = try #require(await urls.first { _ in true })
    }

    func slowRequestArrived() async { _ = await arrivals.first { _ in true } }
    func letGo() { slow.finish() }
    func ended() async throws { try await running.value }
  }

  /// A connection whose bytes are gathered.
  private final class Connection: Sendable {
    private let channel: any Channel
    private let gatherer: Gatherer

    private init(_ channel: any Channel, _ gatherer: Gatherer) { (self.channel, self.gatherer) = (channel, gatherer) }

    static func open(_ url: String) async throws -> Connection {
      let gatherer = Gatherer()
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelInitializer { $0.pipeline.addHandler(gatherer) }
        .connect(host: "127.0.0.1", port: URL(string: url)?.port ?? 0).get()
      return Connection(channel, gatherer)
    }

    func send(_ bytes: some Sequence<UInt8>) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }
    func get(_ path: String) async throws { try await send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }

    /// Everything that came, when `isEnough` or when the server has closed.
    func received(until isEnough: @Sendable (ByteBuffer) -> Bool) async -> ByteBuffer {
      for await _ in gatherer.news where isEnough(gatherer.bytes) { break }
      return gatherer.bytes
    }

    /// Everything that came until the server closed.
    func rest() async -> ByteBuffer { await received { _ in false } }
  }

  private final class Gatherer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let news: AsyncStream<Void>
    private let pulse: AsyncStream<Void>.Continuation
    private let buffer = Mutex(ByteBuffer())

    init() { (news, pulse) = AsyncStream.makeStream(of: Void.self) }

    var bytes: ByteBuffer { buffer.withLock { $0 } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      var part = unwrapInboundIn(data)
      buffer.withLock { _ = $0.writeBuffer(&part) }
      pulse.yield()
    }

    func channelInactive(context: ChannelHandlerContext) { pulse.finish() }
  }

  @Test func anAnnouncedEndClosesAConnectionWithItsNextReply() async throws {
    let server = try await Drained()
    let old = try await Connection.open(server.url)
    try await old.get("/")
    #expect(!String(buffer: await old.received { String(buffer: $0).contains("{}") }).contains("Connection: close"))
    server.drain.announce()
    try await old.get("/")
    #expect(String(buffer: await old.rest()).contains("Connection: close"))
    let new = try await Connection.open(server.url)
    try await new.get("/")
    #expect(String(buffer: await new.rest()).contains("200"))
    server.drain.begin()
    try await server.ended()
  }

  @Test func idleConnectionsCloseAndBusyOnesFinish() async throws {
    let server = try await Drained()
    let (idle, busy) = (try await Connection.open(server.url), try await Connection.open(server.url))
    try await idle.get("/")
    _ = await idle.received { String(buffer: $0).contains("{}") }
    try await busy.get("/slow")
    await server.slowRequestArrived()
    #expect(server.drain.openConnections == 2)
    server.drain.begin()
    _ = await idle.rest()
    await #expect(throws: (any Error).self) { try await Connection.open(server.url).get("/") }
    server.letGo()
    let reply = String(buffer: await busy.rest())
    #expect(reply.hasSuffix("\"slow\"") && reply.lowercased().contains("connection: close"))
    try await server.ended()
    #expect(server.drain.openConnections == 0)
  }

  @Test func aServerThatIsIdleEndsAtOnce() async throws {
    let server = try await Drained()
    server.drain.begin()
    server.drain.begin()
    try await server.ended()
  }

  @Test func anEndBeforeTheBeginningEndsItToo() async throws {
    let drain = HTTPDrain()
    drain.begin()
    let server = HTTPServer(
      host: "127.0.0.1", port: 0, drain: drain, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _ in .reply(.json(Data())) }
    try await server.run(stopsOnSignals: false) { _ in }
  }

  @Test func aConnectionThatHasSaidNothingCloses() async throws {
    let server = try await Drained()
    let (silent, other) = (try await Connection.open(server.url), try await Connection.open(server.url))
    // The server accepts connections in their order.
    try await other.get("/")
    _ = await other.received { String(buffer: $0).contains("{}") }
    server.drain.begin()
    #expect(await silent.rest().readableBytes == 0)
    try await server.ended()
  }

  // MARK: HTTP/2

  private static func frame(_ type: UInt8, _ flags: UInt8, stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
    [0, 0, UInt8(payload.count), type, flags] + withUnsafeBytes(of: stream.bigEndian, Array.init) + payload
  }

  private struct Frame {
    var type: UInt8
    var flags: UInt8
    var payload: [UInt8]
  }

  private static func frames(_ bytes: ByteBuffer) -> [Frame] {
    var (bytes, frames) = (bytes, [Frame]())
    while let head = bytes.readBytes(length: 9) {
      let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard let payload = bytes.readBytes(length: length) else { break }
      frames.append(Frame(type: head[3], flags: head[4], payload: payload))
    }
    return frames
  }

  @Test func aStreamOfHTTP2FinishesAfterTheGoAway() async throws {
    let server = try await Drained()
    let client = try await Connection.open(server.url)
    // GET http://a/slow, in HPACK without a table; RFC 7541, appendix A.
    let head: [UInt8] = [0x82, 0x86, 0x04, 5] + Array("/slow".utf8) + [0x41, 1, UInt8(ascii: "a")]
    try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, stream: 0))
    try await client.send(Self.frame(1, 5, stream: 1, head))
    await server.slowRequestArrived()
    server.drain.begin()
    let first = Self.frames(await client.received { bytes in Self.frames(bytes).contains { $0.type == 7 } })
    // The stream was the last, and there is no error.
    #expect(first.last { $0.type == 7 }?.payload == [0, 0, 0, 1, 0, 0, 0, 0])
    #expect(!first.contains { $0.type == 0 })
    server.letGo()
    let all = Self.frames(await client.rest())
    let body = all.filter { $0.type == 0 }
    #expect(body.flatMap(\.payload) == Array("\"slow\"".utf8) && body.last?.flags == 1)
    try await server.ended()
  }

  @Test func anAnnouncedEndEndsHTTP2WithItsNextStream() async throws {
    let server = try await Drained()
    server.drain.announce()
    let client = try await Connection.open(server.url)
    try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, stream: 0))
    try await client.send(Self.frame(1, 5, stream: 1, [0x82, 0x86, 0x84, 0x41, 1, UInt8(ascii: "a")]))
    let all = Self.frames(await client.rest())
    #expect(all.contains { $0.type == 7 && $0.payload == [0, 0, 0, 1, 0, 0, 0, 0] })
    #expect(all.last { $0.type == 0 }?.payload == Array("{}".utf8))
    server.drain.begin()
    try await server.ended()
  }

  @Test func aConnectionOfHTTP2WithoutStreamsEnds() async throws {
    let server = try await Drained()
    let client = try await Connection.open(server.url)
    try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, stream: 0))
    _ = await client.received { bytes in Self.frames(bytes).contains { $0.type == 4 } }
    server.drain.begin()
    let all = Self.frames(await client.rest())
    #expect(all.last?.type == 7 && all.last?.payload == [0, 0, 0, 0, 0, 0, 0, 0])
    try await server.ended()
  }
}
