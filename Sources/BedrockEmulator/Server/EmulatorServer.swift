import AWSServer
import AWSWire
package import Logging

/// The emulator on a port of this machine.
package struct EmulatorServer: Sendable {
  /// The default access key id, and its secret.
  package static let defaultKey = "emulator"
  /// The path that follows the server's URL in the base URL of bedrock-mantle.
  package static let mantleBase = MantleRequest.base
  /// A little over Bedrock's own limit of 25,000,000 bytes. Source: API reference, InvokeModel.
  private static let bodyBytesMax = 25 * 1_024 * 1_024
  private let server: HTTPServer
  private let background: BackgroundJobs
  /// The token that the control API demands, because other machines can reach it; nil on a loopback address.
  package let controlToken: String?

  /// - Parameters:
  ///   - host: the address or name to listen on.
  ///   - port: the port to listen on; 0 picks a free one.
  ///   - controlToken: the token of the control API, if `host` isn't a loopback address; a random one by default.
  ///   - controlHosts: names in the `Host` header that may use the control API, besides those of the loopback interface and `host`.
  ///   - tls: the certificate and key to serve TLS with; nil for clear text.
  package init(
    emulator: Emulator, host: String = "127.0.0.1", port: Int = 0, controlToken: String? = nil, controlHosts: [String] = [],
    tls: EmulatorTLS? = nil, logger: Logger
  ) {
    let token = LoopbackName.contains(WebGuard.name(host)) ? nil : controlToken ?? Self.randomToken()
    let guardian = WebGuard(token: token, hosts: controlHosts + [host])
    self.controlToken = token
    background = emulator.background
    var limits = HTTPLimits()
    limits.bodyBytesMax = Self.bodyBytesMax
    server = HTTPServer(host: host, port: port, limits: limits, tls: tls?.identity, logger: logger) { head in
      guard let refusal = guardian.refusal(of: head) else { return emulator.open(head) }
      return .reply(refusal.reply)
    }
  }

  /// 128 bits in hexadecimal.
  private static func randomToken() -> String { Hex.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) }) }

  /// Serves until the task is cancelled or, with `stopsOnSignals`, until SIGTERM or SIGINT.
  /// - Parameter onReady: called once with the server's URL.
  /// - Throws: ``EmulatorError`` (`server`).
  package func run(stopsOnSignals: Bool, onReady: @escaping @Sendable (String) async -> Void) async throws {
    do {
      try await whileWorking { try await server.run(stopsOnSignals: stopsOnSignals, onReady: onReady) }
    } catch let error as HTTPServerError {
      throw EmulatorError(error)
    }
  }

  /// Does background jobs until `serve` ends.
  private func whileWorking<Output: Sendable>(_ serve: @escaping @Sendable () async throws -> Output) async throws -> Output {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await background.run() }
      defer { group.cancelAll() }
      return try await serve()
    }
  }

  /// Serves while `body` runs.
  /// - Parameter body: gets the server's URL.
  /// - Throws: ``EmulatorError`` (`server`), or what `body` throws.
  package func serve<Output: Sendable>(_ body: @escaping @Sendable (String) async throws -> Output) async throws -> Output {
    do {
      return try await whileWorking { try await server.serve(body) }
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
