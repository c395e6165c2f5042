import AWSWire
import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The HTTP clients of a transport, one for each route, made when the first request takes it: a client has one proxy at most. Plain http
/// has clients of its own, so that it doesn't wait for certificates.
final class Routes: Sendable {
  let settings: NetworkSettings
  private let connectionsMax: Int
  private let clients = Mutex<[Key: HTTPClient]>([:])

  private struct Key: Hashable {
    var route: Route
    var isSecure: Bool
  }

  init(_ settings: NetworkSettings, connectionsMax: Int) {
    self.settings = settings
    self.connectionsMax = connectionsMax
  }

  /// - Throws: ``AWSClientError`` (`configuration`).
  func route(scheme: String, authority: String) throws -> Route {
    try Route(scheme: scheme, authority: authority, through: settings.proxies)
  }

  /// The client for a destination.
  /// - Throws: ``AWSClientError`` (`configuration`) if the certificates to trust are damaged.
  func client(for destination: Destination) throws -> HTTPClient {
    let key = Key(route: destination.route, isSecure: destination.scheme == "https")
    return try clients.withLock { clients in
      if let client = clients[key] { return client }
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration(for: key))
      clients[key] = client
      return client
    }
  }

  private func configuration(for key: Key) throws -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    if key.isSecure { configuration.tlsConfiguration = try Self.tls(trusting: settings.trusted) }
    configuration.redirectConfiguration = .disallow  // The signature is for the first host only.
    configuration.timeout.connect = .nanoseconds(settings.connectTimeout.wholeNanoseconds)
    // AWSClient retries: it counts attempts and keeps to the retry quota.
    configuration.connectionPool.retryConnectionEstablishment = false
    // Its spans would hold whole URLs, in which some services have keys, and an export would record its own requests.
    configuration.tracing.tracer = nil
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
    // A request that goes out as the server closes the connection can't be told from one whose reply was lost.
    configuration.connectionPool.idleTimeout = .seconds(20)
    configuration.http1_1ConnectionDebugInitializer = { StatusGuard.install(in: $0) }
    switch key.route {
    case .direct: break
    case .tunnel(let proxy):
      configuration.proxy =
        proxy.kind == .socks
        ? .socksServer(host: proxy.host, port: proxy.port)
        : .server(
          host: proxy.host, port: proxy.port, authorization: proxy.authorization.map { .basic(credentials: $0) })
    case .forward(let proxy):
      configuration.http1_1ConnectionDebugInitializer = { channel in
        StatusGuard.install(in: channel).flatMap { ForwardedRequests.install(in: channel, authorization: proxy.authorization) }
      }
    }
    return configuration
  }

  /// TLS 1.2 or newer, which is what AWS's endpoints take.
  static func tls(trusting trusted: TrustedCertificates?) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let trusted { tls.trustRoots = .certificates(try trusted.load()) }
    return tls
  }

  /// Closes all connections.
  func shutDown() async {
    for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
  }
}

extension Duration {
  /// At most a year, so that it can't overflow.
  var wholeNanoseconds: Int64 {
    let bounded = min(max(self, .zero), .seconds(31_536_000)).components
    return bounded.seconds * 1_000_000_000 + bounded.attoseconds / 1_000_000_000
  }
}
