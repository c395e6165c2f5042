import AWSWire
import NIOCore
import NIOPosix
import NIOSSL

/// Connects once more, as a request did that failed, to see what async-http-client doesn't tell: how the proxy answered, and which
/// certificates the server has.
///
/// Nothing of the request is sent.
enum ConnectionDiagnosis {
  /// What was seen.
  enum Finding: Sendable {
    case proxyReply(ProxyReply)
    case certificates([ServerCertificate])
  }

  private static let timeout = TimeAmount.seconds(5)

  /// - Parameters:
  ///   - host: without brackets.
  ///   - wantsCertificates: whether to go on to TLS after the proxy has connected.
  /// - Returns: nil if nothing was learnt.
  static func run(_ route: Route, host: String, port: Int, wantsCertificates: Bool) async -> Finding? {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let finding = loop.makePromise(of: Finding?.self)
    var head: String?
    var (address, addressPort) = (host, port)
    switch route {
    case .direct: break
    case .tunnel(let proxy) where proxy.kind == .http:
      (address, addressPort) = (proxy.host, proxy.port)
      let target = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
      let authorization = proxy.authorization.map { "Proxy-Authorization: Basic \($0)\r\n" } ?? ""
      head = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(authorization)\r\n"
    case .tunnel, .forward: return nil
    }
    let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout).channelInitializer { [head] channel in
      channel.eventLoop.makeCompletedFuture {
        let handler = DiagnosisHandler(connect: head, host: host, wantsCertificates: wantsCertificates, finding)
        try channel.pipeline.syncOperations.addHandler(handler)
      }
    }
    let connection = bootstrap.connect(host: address, port: addressPort)
    connection.whenFailure { _ in finding.succeed(nil) }
    let end = loop.scheduleTask(in: timeout) { finding.succeed(nil) }
    let found = try? await finding.futureResult.get()
    end.cancel()
    connection.whenSuccess { $0.close(promise: nil) }
    return found ?? nil
  }
}

/// Sends CONNECT if there is a proxy, reads its reply, and begins TLS to be shown the server's certificates.
private final class DiagnosisHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let replyBytesMax = 65_536
  private let connect: String?
  private let host: String
  private let wantsCertificates: Bool
  private let finding: EventLoopPromise<ConnectionDiagnosis.Finding?>
  private var reply: [UInt8] = []

  init(connect: String?, host: String, wantsCertificates: Bool, _ finding: EventLoopPromise<ConnectionDiagnosis.Finding?>) {
    self.connect = connect
    self.host = host
    self.wantsCertificates = wantsCertificates
    self.finding = finding
  }

  func channelActive(context: ChannelHandlerContext) {
    guard let connect else { return beginTLS(context) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: connect)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reply += unwrapInboundIn(data).readableBytesView
    // The end of a page doesn't matter; its beginning does.
    guard let parsed = ProxyReply(reply) else {
      if reply.count > Self.replyBytesMax { finding.succeed(.proxyReply(ProxyReply.unreadable)) }
      return
    }
    if parsed.isSuccess, wantsCertificates {
      beginTLS(context)
    } else {
      finding.succeed(.proxyReply(parsed))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finding.succeed(reply.isEmpty ? nil : .proxyReply(ProxyReply(reply) ?? .unreadable))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { finding.succeed(nil) }

  private func beginTLS(_ context: ChannelHandlerContext) {
    do {
      let tls = try NIOSSLContext(configuration: Routes.tls(trusting: nil))
      let isAddress = IPNetwork(host) != nil
      let handler = try NIOSSLClientHandler(
        context: tls, serverHostname: isAddress ? nil : host,
        customVerificationCallback: { [finding] chain, verdict in
          finding.succeed(.certificates(chain.compactMap { ServerCertificate($0) }))
          // No request may follow.
          verdict.succeed(.failed)
        })
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
    } catch {
      finding.succeed(nil)
    }
  }
}
