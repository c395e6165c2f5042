import AWSServer
import Foundation
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// The emulator on a port of this machine.
package struct EmulatorServer: Sendable {
  /// The default access key, and its secret.
  package static let defaultKey = "emulator"
  /// So few requests leave nothing behind that is still to be accepted.
  private static let quietRequests = 100
  /// A request's body over this many bytes is refused.
  static let bodyBytesMax = 25 * 1_024 * 1_024

  let emulator: Emulator
  let host: String
  let port: Int
  let logger: Logger
  private let served = RequestCount()

  /// - Parameter port: 0 picks a free one.
  package init(emulator: Emulator, host: String = "127.0.0.1", port: Int = 0, logger: Logger) {
    self.emulator = emulator
    self.host = host
    self.port = port
    self.logger = logger
  }

  /// Serves until cancelled or, with `stopsOnSignals`, until SIGTERM or SIGINT.
  /// - Parameter onReady: called once, with the URL.
  package func run(stopsOnSignals: Bool, onReady: @escaping @Sendable (String) async -> Void) async throws {
    let exchange = HTTPExchange(bodyBytesMax: Self.bodyBytesMax, served: served) { [emulator] in await emulator.respond(to: $0) }
    let responder = CallbackResponder<ConnectionContext> { request, context in try await exchange.respond(to: request, context) }
    let host = host
    let application = Application(
      responder: responder, configuration: .init(address: .hostname(host, port: port)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        await onReady("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
      },
      logger: logger)
    do {
      if stopsOnSignals {
        // Both signals cancel instead of draining: an emulator has nothing to finish.
        let group = ServiceGroup(
          configuration: .init(services: [.init(service: application)], cancellationSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
      } else {
        try await application.run()
      }
    } catch is CancellationError {
      return
    } catch let error as IOError {
      throw EmulatorError(
        .server,
        "Can't listen on \(host):\(port) (\(String(cString: strerror(error.errnoCode)))); choose another port or host.",
        parameters: ["port", "host"], underlying: error)
    } catch let error as SocketAddressError.UnknownHost {
      throw EmulatorError(
        .server, "Can't listen on \(host):\(port): no such host; choose another host.", parameters: ["host"], underlying: error)
    } catch {
      throw EmulatorError(.server, "The server on \(host):\(port) failed: \(error).", underlying: error)
    }
  }

  /// Serves for as long as `body` runs.
  package func serve<Result: Sendable>(_ body: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        defer { continuation.finish() }
        try await self.run(stopsOnSignals: false) { continuation.yield($0) }
        return nil
      }
      guard let url = await urls.first(where: { _ in true }) else {
        _ = try await group.next()  // Throws what kept the server from starting.
        throw EmulatorError(.server, "The emulator stopped before it was ready.")
      }
      let result = try await body(url)
      // A busy client leaves connections that are still to be accepted. NIO traps where one is while all is cancelled.
      if served.value > Self.quietRequests { try? await Task.sleep(for: .milliseconds(300)) }
      group.cancelAll()
      return result
    }
  }
}
