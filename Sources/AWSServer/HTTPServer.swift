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
  private let bodyBytesMax: Int
  private let logger: Logger
  private let answer: @Sendable (ServerRequest) async -> ServerResponse

  /// - Parameters:
  ///   - host: the address or name to listen on.
  ///   - port: the port to listen on; 0 picks a free one.
  ///   - bodyBytesMax: a request with a longer body is answered with 413.
  ///   - answer: never throws, since an error is an answer too.
  package init(
    host: String, port: Int, bodyBytesMax: Int, logger: Logger,
    answer: @escaping @Sendable (ServerRequest) async -> ServerResponse
  ) {
    self.host = host
    self.port = port
    self.bodyBytesMax = bodyBytesMax
    self.logger = logger
    self.answer = answer
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
    let exchange = HTTPExchange(bodyBytesMax: bodyBytesMax, answer: answer)
    let host = host.contains(":") ? "[\(host)]" : host
    return Application(
      responder: CallbackResponder<ConnectionContext> { request, context in try await exchange.respond(to: request, context) },
      server: HTTPServerBuilder { OwnedHTTPChannel(base: HTTP1Channel(responder: $0), waiting: waiting) },
      configuration: .init(address: .hostname(self.host, port: port)),
      onServerRunning: { channel in await onReady("http://\(host):\(channel.localAddress?.port ?? 0)") },
      logger: logger)
  }
}
