import AWSClient
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import NIOSOCKS
import NIOSSL

/// Makes connections: directly or through a proxy, with TLS where the scheme wants it.
struct UpstreamConnector: Sendable {
  /// The limit of a reply's head in bytes.
  static let headBytesMax = 81_920

  private let network: NetworkSettings
  /// Needed for https alone: without certificates to trust, a gateway before an emulator works all the same.
  private let tls: Result<NIOSSLContext, any Error>
  private let timeout: TimeAmount

  /// - Throws: ``AWSClientError`` (`configuration`) if the certificates to trust are damaged.
  init(_ network: NetworkSettings) throws {
    self.network = network
    var configuration = try network.tls()
    configuration.applicationProtocols = ["http/1.1"]
    // A server that doesn't answer the end of TLS must not keep a connection that nobody uses.
    configuration.shutdownTimeout = .milliseconds(500)
    tls = Result { [configuration] in
      do {
        return try NIOSSLContext(configuration: configuration)
      } catch {
        throw ConnectionErrors.nothingToTrust(error)
      }
    }
    timeout = TimeAmount(network.connectTimeout)
  }

  /// - Throws: ``AWSClientError`` (`configuration`) if the variable that names the proxy can't be read, or if there are no certificates
  ///   to trust.
  func destination(scheme: String, authority: String) throws -> Destination {
    if scheme == "https" { _ = try tls.get() }
    return try Destination(scheme: scheme, authority: authority, in: network)
  }

  /// Makes a connection, and tells it how that went.
  func connect(_ connection: UpstreamConnection, on loop: any EventLoop) {
    let bound = NIOLoopBound(connection, eventLoop: loop)
    let deadline = NIODeadline.now() + timeout
    let timer = loop.scheduleTask(deadline: deadline) { bound.value.failed(ConnectionErrors.Failure.connectTimeout) }
    connection.begin(timer)
    let (host, port) = connection.host.destination.firstHop
    ClientBootstrap(group: loop)
      // The timer above comes first; it covers the proxy's and TLS's part too.
      .connectTimeout(timeout + .seconds(1))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // The reader decides after each read whether there is another.
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 4_096, maximum: UpstreamConnection.readBytesMax)
      )
      .connect(host: host, port: port)
      .whenComplete { result in
        switch result {
        case .failure(let error): bound.value.failed(error)
        case .success(let channel):
          guard bound.value.isConnecting else { return channel.close(promise: nil) }
          bound.value.opened(channel)
          begin(bound.value, channel, by: deadline)
        }
      }
  }

  private func begin(_ connection: UpstreamConnection, _ channel: any Channel, by deadline: NIODeadline) {
    let destination = connection.host.destination
    let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
    do {
      switch destination.route {
      case .direct, .forward: try install(connection, channel)
      case .tunnel(let proxy):
        let tunnel =
          switch proxy.kind {
          case .http: try HTTPTunnel.open(to: destination, authorization: proxy.authorization, channel, by: deadline)
          case .socks: try SOCKSTunnel.open(to: destination, channel)
          }
        tunnel.whenComplete { result in
          do {
            try result.get()
            try install(bound.value, channel)
          } catch {
            bound.value.failed(error)
            channel.close(promise: nil)
          }
        }
      }
    } catch {
      connection.failed(error)
      channel.close(promise: nil)
    }
  }

  /// Puts TLS, HTTP and the connection itself into the channel.
  private func install(_ connection: UpstreamConnection, _ channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    guard connection.isConnecting else { return channel.close(promise: nil) }
    let isSecure = connection.host.destination.scheme == "https"
    if isSecure {
      let host = connection.host.destination.host
      try pipeline.addHandler(NIOSSLClientHandler(context: try tls.get(), serverHostname: Self.isAddress(host) ? nil : host))
    }
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = Self.headBytesMax
    try pipeline.addHandlers(
      HTTPRequestEncoder(),
      ByteToMessageHandler(
        HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)))
    try pipeline.addHandler(connection)
    // With TLS, the end of the handshake tells.
    if !isSecure { connection.connected() }
  }

  /// Whether a text is an IP address, which TLS doesn't name (RFC 6066, section 3).
  private static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }

  /// Whether a connection ended without TLS's goodbye.
  static func isUncleanEnd(_ error: any Error) -> Bool { (error as? NIOSSLError) == .uncleanShutdown }
}

extension Destination {
  /// Where the connection goes first.
  fileprivate var firstHop: (host: String, port: Int) { route.proxy.map { ($0.host, $0.port) } ?? (host, port) }
}
