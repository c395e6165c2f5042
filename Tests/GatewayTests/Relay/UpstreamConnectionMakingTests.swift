import AWSClient
import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

/// A connection whose making ends before it is a part of its channel's pipeline, which then tells nothing of the channel's end.
struct UpstreamConnectionMakingTests {
  private final class Making {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel
    let exchange: UpstreamExchange
    let connection: UpstreamConnection

    init() throws {
      channel = EmbeddedChannel(loop: loop)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
      let pool = UpstreamPool(on: loop, connector: try UpstreamConnector(.direct), connectionsMax: 1)
      let host = try pool.host(scheme: "http", authority: "aws.example")
      exchange = UpstreamExchange(RelayTest.post("aws.example"), to: host, silence: .seconds(60), in: pool)
      connection = UpstreamConnection(to: host, in: pool, for: exchange)
      connection.opened(channel)
    }

    /// Whether the pool has learned of its end.
    var isEnded: Bool {
      loop.run()
      let isEnded = NIOLoopBoundBox(false, eventLoop: loop)
      connection.closed.assumeIsolated().whenComplete { _ in isEnded.value = true }
      loop.run()
      return isEnded.value
    }
  }

  @Test func aChannelThatClosesEndsTheConnection() throws {
    let making = try Making()
    #expect(!making.isEnded)
    making.channel.close(promise: nil)
    #expect(making.isEnded && !making.connection.isConnecting && making.exchange.isBroken)
  }

  @Test func aChannelThatNobodyNeedsAnyMoreEndsTheConnectionToo() throws {
    let making = try Making()
    making.exchange.cancel()
    #expect(!making.isEnded && making.connection.isConnecting)
    making.channel.close(promise: nil)
    #expect(making.isEnded && !making.connection.isConnecting)
  }

  @Test func whoGivesUpClosesTheChannel() throws {
    let making = try Making()
    making.exchange.cancel()
    making.connection.failed(ConnectionErrors.Failure.connectTimeout)
    #expect(making.isEnded && !making.channel.isActive)
  }
}
