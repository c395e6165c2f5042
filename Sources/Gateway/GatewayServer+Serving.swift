import AWSClient
import AWSServer
import Bedquota
import NIOPosix

extension GatewayServer {
  /// Serves while `body` runs, in a process that has other work too: it takes no signals, and reads no configuration again.
  /// - Parameter body: gets where the gateway can be reached.
  /// - Throws: `HTTPServerError`, or what `body` throws.
  package func serve<Output: Sendable>(_ body: @escaping @Sendable (Started) async throws -> Output) async throws -> Output {
    let group = MultiThreadedEventLoopGroup.singleton
    let upstream = try UpstreamConnections(network: session.inference.configuration.network, on: group)
    defer { Task { await upstream.close() } }
    let core = try core(upstream, AccessLog(.off), StateLog(logger))
    let intake = GatewayIntake(gateway: core)
    let server = HTTPServer(
      host: configuration.listen.host, port: configuration.listen.port, limits: limits(FileLimit.gateway().clients),
      drain: core.drain, logger: serverLogger,
      refused: intake.refused, open: intake.open)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await core.run() }
      defer { group.cancelAll() }
      return try await server.serve { url in
        core.started(at: url)
        return try await body(Started(url: url, region: session.region, isOpen: configuration.isOpen))
      }
    }
  }
}
