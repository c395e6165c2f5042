import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
package import Bedquota
import BedrockQuotas
import Foundation
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The gateway: an HTTP server for any Bedrock SDK, in front of the models of an AWS account.
package struct GatewayServer: Sendable {
  /// Where the gateway can be reached, and what it serves.
  package struct Started: Sendable {
    package var url: String
    package var region: String
    package var isOpen: Bool
  }

  private let configuration: GatewayConfiguration
  private let file: ConfigurationFile?
  private let session: BedquotaSession
  private let logger: Logger

  /// - Parameters:
  ///   - file: where the configuration came from, to read it again; nil: nowhere.
  ///   - session: signs with the credentials of the gateway.
  package init(_ configuration: GatewayConfiguration, file: ConfigurationFile?, session: BedquotaSession, logger: Logger) {
    (self.configuration, self.file, self.session, self.logger) = (configuration, file, session, logger)
  }

  /// Serves until a signal ends it: SIGTERM and SIGINT finish what has begun, a second one ends at once, SIGHUP reads the configuration
  /// again.
  /// - Parameter onReady: called once the port is open.
  /// - Throws: `HTTPServerError`, `AWSClientError`.
  package func run(onReady: @escaping @Sendable (Started) async -> Void) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let connections = FileLimit.gateway()
    let upstream = try UpstreamConnections(
      network: session.inference.configuration.network, connectionsMax: connections.upstream, on: group)
    let stateLog = StateLog(logger)
    let accessLog = AccessLog(configuration.accessLog.destination)
    let core = GatewayCore(
      configuration, session: session, upstream: upstream, accessLog: accessLog, stateLog: stateLog, file: file)
    let drain = HTTPDrain()
    let server = HTTPServer(
      host: configuration.listen.host, port: configuration.listen.port, limits: limits(connections.clients),
      tls: try identity(), drain: drain, logger: logger, open: GatewayIntake(gateway: core).open)
    let signals = await UnixSignalsSequence(trapping: GatewayLifecycle.signals)
    var ending = GatewayDrain.Limits()
    (ending.delay, ending.finish) = (configuration.drainDelay, configuration.drain)
    let lifecycle = GatewayLifecycle(ending, drain: drain) { [ending] action in
      if action == .announce || action == .finish { core.health.withLock { $0.drainingBegan() } }
      stateLog.draining(action, ending)
    } onHangUp: {
      accessLog.reopen()
      core.file?.requestReload()
    }
    defer { Task { await upstream.close() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await core.run() }
      group.addTask { await accessLog.run { stateLog.accessLog($0) } }
      try await lifecycle.run(signals: signals) {
        try await server.run(stopsOnSignals: false) { url in
          core.started(at: url)
          await onReady(Started(url: url, region: session.region, isOpen: configuration.isOpen))
        }
      }
      group.cancelAll()
    }
  }

  private func identity() throws -> ServerIdentity? {
    try configuration.tls.map { try ServerIdentity(certificate: $0.certificate, key: $0.key) }
  }

  private func limits(_ connectionsMax: Int) -> HTTPLimits {
    var limits = HTTPLimits()
    limits.connectionsMax = connectionsMax
    limits.bodyBytesMax = configuration.limits.bodyBytesMax
    limits.requestsMax = configuration.limits.requestsMax
    // What is being received, beside what waits.
    limits.receivedBytesMax = configuration.queue.bytesMax
    // Longer than any SDK keeps an idle connection, or their requests meet its end: Go's 90 s are the longest.
    limits.patience.idle = .seconds(130)
    // A slow reader frees room in the buffers only now and then.
    limits.patience.unread = .seconds(300)
    return limits
  }
}

extension GatewayConfiguration.AccessLog {
  var destination: AccessLogDestination {
    switch self {
    case .off: .off
    case .stdout: .standardOutput
    case .file(let path): .file(path: path)
    }
  }
}
