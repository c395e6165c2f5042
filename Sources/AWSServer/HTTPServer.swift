import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// An HTTP/1.1 server on one address that answers each request by a closure.
package struct HTTPServer: Sendable {
  private let host: String
  private let port: Int
  private let limits: HTTPLimits
  private let logger: Logger
  private let open: @Sendable (ServerRequest) -> HTTPOpening

  /// - Parameters:
  ///   - host: the address or name to listen on.
  ///   - port: the port to listen on; 0 picks a free one.
  ///   - open: gets the head of each request, with an empty body.
  package init(
    host: String, port: Int, limits: HTTPLimits = HTTPLimits(), logger: Logger,
    open: @escaping @Sendable (ServerRequest) -> HTTPOpening
  ) {
    self.host = host
    self.port = port
    self.limits = limits
    self.logger = logger
    self.open = open
  }

  /// Serves until the task is cancelled or, with `stopsOnSignals`, until SIGTERM or SIGINT. Then it cancels
  /// the requests in flight.
  /// - Parameter onReady: called once with the server's URL.
  /// - Throws: ``HTTPServerError``.
  package func run(stopsOnSignals: Bool, onReady: @escaping @Sendable (String) async -> Void) async throws {
    let waiting = WaitingConnections()
    let application = application(waiting, onReady: onReady)
    let outcome: Result<Void, any Error>
    do {
      if stopsOnSignals {
        let group = ServiceGroup(
          configuration: .init(services: [.init(service: application)], cancellationSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
      } else {
        try await application.run()
      }
      outcome = .success(())
    } catch is CancellationError {
      outcome = .success(())
    } catch {
      outcome = .failure(HTTPServerError(error, host: host, port: port))
    }
    await waiting.close()
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

  private func application(
    _ waiting: WaitingConnections, onReady: @escaping @Sendable (String) async -> Void
  ) -> some ApplicationProtocol {
    let exchange = HTTPExchange(
      bodyBytesMax: limits.bodyBytesMax, received: ReceivedBytes(limit: limits.receivedBytesMax), open: open)
    let host = host.contains(":") ? "[\(host)]" : host
    let patience = limits.patience
    let connection = HTTP1Channel.Configuration(additionalChannelHandlers: [ConnectionDeadlines(patience)])
    return Application(
      responder: CallbackResponder<ConnectionContext> { request, context in try await exchange.respond(to: request, context) },
      server: HTTPServerBuilder {
        OwnedHTTPChannel(base: HTTP1Channel(responder: $0, configuration: connection), waiting: waiting)
      },
      configuration: .init(
        address: .hostname(self.host, port: port),
        availableConnectionsDelegate: .maximum(limits.connectionsMax, logger: logger)),
      onServerRunning: { channel in await onReady("http://\(host):\(channel.localAddress?.port ?? 0)") },
      logger: logger)
  }
}
