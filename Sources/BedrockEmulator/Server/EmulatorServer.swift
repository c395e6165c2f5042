import AWSServer
package import Logging

/// The emulator on a port of this machine.
package struct EmulatorServer: Sendable {
  /// The default access key id, and its secret.
  package static let defaultKey = "emulator"
  /// A little over Bedrock's own limit of 25,000,000 bytes (API reference, InvokeModel).
  private static let bodyBytesMax = 25 * 1_024 * 1_024

  private let server: HTTPServer

  /// - Parameter port: the port to listen on; 0 picks a free one.
  package init(emulator: Emulator, host: String = "127.0.0.1", port: Int = 0, logger: Logger) {
    server = HTTPServer(host: host, port: port, bodyBytesMax: Self.bodyBytesMax, logger: logger) { request in
      await emulator.respond(to: request)
    }
  }

  /// Serves until the task is cancelled or, with `stopsOnSignals`, until SIGTERM or SIGINT.
  /// - Parameter onReady: called once with the server's URL.
  /// - Throws: ``EmulatorError`` (`server`).
  package func run(stopsOnSignals: Bool, onReady: @escaping @Sendable (String) async -> Void) async throws {
    do {
      try await server.run(stopsOnSignals: stopsOnSignals, onReady: onReady)
    } catch let error as HTTPServerError {
      throw EmulatorError(error)
    }
  }

  /// Serves while `body` runs.
  /// - Parameter body: gets the server's URL.
  /// - Throws: ``EmulatorError`` (`server`), or what `body` throws.
  package func serve<Output: Sendable>(_ body: @escaping @Sendable (String) async throws -> Output) async throws -> Output {
    do {
      return try await server.serve(body)
    } catch let error as HTTPServerError {
      throw EmulatorError(error)
    }
  }
}

extension EmulatorError {
  fileprivate init(_ error: HTTPServerError) {
    self.init(.server, error.message, parameters: error.parameters, underlying: error.underlying)
  }
}
