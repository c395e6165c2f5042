import Foundation
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// An HTTP server on one address that answers each request by a closure. It speaks HTTP/1.0, HTTP/1.1 and HTTP/2: in clear text,
/// clients begin HTTP/2 by prior knowledge; over TLS, they negotiate the protocol.
package struct HTTPServer: Sendable {
  private let host: String
  private let port: Int
  private let limits: HTTPLimits
  private let tls: ServerIdentity?
  private let drain: HTTPDrain?
  private let logger: Logger
  private let refused: (@Sendable (Int, ServerRequest) -> ServerResponse)?
  private let open: @Sendable (ServerRequest) -> HTTPOpening

  /// - Parameters:
  ///   - host: the address or name to listen on.
  ///   - port: the port to listen on; 0 picks a free one.
  ///   - tls: the certificate and key to serve TLS with; nil for clear text.
  ///   - drain: ends the server after its last request; nil: it only ends at once.
  ///   - refused: the reply to a request that the server itself turns away, from its status and its head: 413 for a body that is too
  ///     long, 503 for too many requests or bytes at a time, 400 and 417 for heads that can't be served. nil: one without a body.
  ///   - open: gets the head of each request, with an empty body.
  package init(
    host: String, port: Int, limits: HTTPLimits = HTTPLimits(), tls: ServerIdentity? = nil,
    drain: HTTPDrain? = nil, logger: Logger, refused: (@Sendable (Int, ServerRequest) -> ServerResponse)? = nil,
    open: @escaping @Sendable (ServerRequest) -> HTTPOpening
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.tls = tls
    self.drain = drain
    self.logger = logger
    self.refused = refused
    self.open = open
  }

  /// Serves until the task is cancelled or, with `stopsOnSignals`, until SIGTERM or SIGINT. Then it cancels
  /// the requests in flight. A server that drains returns when its last request is answered.
  /// - Parameter onReady: called once with the server's URL.
  /// - Throws: ``HTTPServerError``.
  package func run(stopsOnSignals: Bool, onReady: @escaping @Sendable (String) async -> Void) async throws {
    let exchange = HTTPExchange(limits, drain: drain, refused: refused, open: open)
    let connections = OpenConnections(exchange, tls: try tls?.context(), drain: drain)
    let server = server(connections, onReady: onReady)
    let outcome: Result<Void, any Error>
    do {
      if stopsOnSignals || drain != nil {
        let group = ServiceGroup(
          configuration: .init(
            services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
            cancellationSignals: stopsOnSignals ? [.sigterm, .sigint] : [], logger: logger))
        drain?.whenBegun { Task { await group.triggerGracefulShutdown() } }
        try await group.run()
      } else {
        try await server.run()
      }
      outcome = .success(())
    } catch is CancellationError {
      outcome = .success(())
    } catch {
      outcome = .failure(HTTPServerError(error, host: host, port: port))
    }
    await connections.close()
    await exchange.tasks.cancel()
    try outcome.get()
  }

  /// Serves while `body` runs.
  /// - Parameter body: gets the server's URL.
  /// - Throws: ``HTTPServerError``, or what `body` throws.
  package func serve<Output: Sendable>(_ body: @escaping @Sendable (String) async throws -> Output) async throws -> Output {
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Output?.self) { group in
      group.addTask {
        defer { continuation.finish() }
        try await self.run(stopsOnSignals: false) { continuation.yield($0) }
        return nil
      }
      guard let url = await urls.first(where: { _ in true }) else {
        _ = try await group.next()  // Throws the error that kept the server from starting.
        throw HTTPServerError("The server stopped before it was ready.")
      }
      let output = try await body(url)
      group.cancelAll()
      return output
    }
  }

  private func server(
    _ connections: OpenConnections, onReady: @escaping @Sendable (String) async -> Void
  ) -> Server<OpenConnections> {
    let name = host.contains(":") ? "[\(host)]" : host
    let scheme = tls == nil ? "http" : "https"
    return Server(
      childChannelSetup: connections,
      configuration: .init(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax, logger: logger)),
      onServerRunning: { channel in await onReady("\(scheme)://\(name):\(channel.localAddress?.port ?? 0)") },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }
}
