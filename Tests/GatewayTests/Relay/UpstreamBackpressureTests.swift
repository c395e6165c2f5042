import AWSClient
import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Gateway

/// How far a connection reads ahead, and when it waits, on a channel without a network.
struct UpstreamBackpressureTests {
  /// Counts what the channel is asked to read.
  private final class Reads: ChannelOutboundHandler {
    typealias OutboundIn = Any
    var count = 0
    func read(context: ChannelHandlerContext) {
      count += 1
      context.read()
    }
  }

  private let channel = EmbeddedChannel()
  private let reads = Reads()
  private let exchange: UpstreamExchange
  private let connection: UpstreamConnection
  private let pool: UpstreamPool

  init() throws {
    pool = UpstreamPool(on: channel.embeddedEventLoop, connector: try UpstreamConnector(.direct), connectionsMax: 1)
    let host = try pool.host(scheme: "http", authority: "a")
    exchange = UpstreamExchange(RelayTest.post("a"), to: host, silence: .seconds(60), in: pool)
    connection = UpstreamConnection(to: host, in: pool, for: exchange)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandlers(reads, HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()), connection)
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    connection.connected()
  }

  private func arrive(_ bytes: ByteBuffer) throws { try channel.writeInbound(bytes) }

  @Test func itReadsAheadNoFurtherThanItsLimit() throws {
    try arrive(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"))
    let piece = ByteBuffer(repeating: 7, count: UpstreamConnection.readBytesMax)
    var arrived = 0
    // The server sends as much as the channel asks for.
    for _ in 0..<100 {
      let before = reads.count
      channel.read()
      guard reads.count > before else { break }
      try arrive(piece)
      arrived += piece.readableBytes
    }
    #expect(arrived == UpstreamExchange.aheadBytesMax)
    // As the reader takes a part, the next read begins.
    let before = reads.count
    #expect(exchange.take()?.readableBytes == piece.readableBytes)
    #expect(reads.count == before + 1)
    exchange.cancel()
    channel.embeddedEventLoop.run()
    #expect(pool.counts == .init())
  }

  @Test func smallPartsComeTogether() throws {
    try arrive(ByteBuffer(string: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
    for _ in 0..<3 { try arrive(ByteBuffer(string: "3\r\none\r\n3\r\ntwo\r\n")) }
    try arrive(ByteBuffer(string: "0\r\n\r\n"))
    #expect(exchange.take().map { String(buffer: $0) } == "onetwoonetwoonetwo")
    #expect(exchange.take() == nil)
    #expect(pool.counts.idle == 1)
    connection.close()
    channel.embeddedEventLoop.run()
    #expect(pool.counts == .init())
  }

  @Test func aReaderThatDoesNotAskIsNoSilence() throws {
    try arrive(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"))
    connection.look(at: .now() + .hours(1), idleMax: .seconds(55))
    #expect(exchange.take().map { String(buffer: $0) } == "ok")
    exchange.cancel()
    channel.embeddedEventLoop.run()
  }

  @Test func anIdleConnectionIsClosedBeforeTheServerDoes() throws {
    try arrive(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    connection.look(at: connection.freeSince + .seconds(54), idleMax: .seconds(55))
    #expect(pool.counts.idle == 1)
    connection.look(at: connection.freeSince + .seconds(55), idleMax: .seconds(55))
    channel.embeddedEventLoop.run()
    #expect(pool.counts == .init() && !channel.isActive)
  }

  @Test func aReplyBeforeTheRequestHasGoneEndsTheConnection() throws {
    exchange.isSentWhole = false
    try arrive(ByteBuffer(string: "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"))
    channel.embeddedEventLoop.run()
    #expect(!channel.isActive && pool.counts == .init())
  }
}
