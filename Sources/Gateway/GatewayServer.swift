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
import Reports
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
    /// Where the pages for operators are, if they have an address of their own.
    package var adminURL: String?
  }

  let configuration: GatewayConfiguration
  private let file: ConfigurationFile?
  /// nil: that of the configuration, if it has one.
  private let fleet: FleetSettings?
  let session: BedquotaSession
  let logger: Logger
  private let client: QuotaAwareClient.Options
  private let exporter: OpenTelemetryExporter?

  /// - Parameters:
  ///   - file: where the configuration came from, to read it again; nil: nowhere.
  ///   - fleet: shares the quotas, instead of that of the configuration.
  ///   - session: signs with the credentials of the gateway.
  ///   - client: how the clients of models use their quotas.
  ///   - exporter: gets the metrics of the gateway; nil: none does.
  package init(
    _ configuration: GatewayConfiguration, file: ConfigurationFile? = nil, fleet: FleetSettings? = nil, session: BedquotaSession,
    logger: Logger, client: QuotaAwareClient.Options = .init(), exporter: OpenTelemetryExporter? = nil
  ) {
    (self.configuration, self.file, self.session, self.logger) = (configuration, file, session, logger)
    self.fleet = fleet ?? configuration.fleet
    (self.client, self.exporter) = (client, exporter)
  }

  /// Serves until a signal ends it: SIGTERM and SIGINT finish what has begun, a second one ends at once, SIGHUP reads the configuration
  /// again.
  /// - Parameters:
  ///   - onReady: called once the port is open.
  ///   - onEnding: called when the end begins, and again when it goes on.
  /// - Throws: `HTTPServerError`, `AWSClientError`.
  package func run(
    onReady: @escaping @Sendable (Started) async -> Void, onEnding: @escaping @Sendable () -> Void = {}
  ) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let connections = FileLimit.gateway()
    let upstream = try UpstreamConnections(
      network: session.inference.configuration.network, connectionsMax: connections.upstream, on: group)
    let stateLog = StateLog(logger)
    let accessLog = AccessLog(configuration.accessLog.destination)
    let core = try core(upstream, accessLog, stateLog)
    exporter?.addMetrics(scope: OTLPScope("bedquota.gateway")) { core.metrics.families(core.status(), .current()).otlp() }
    let drain = core.drain
    let intake = GatewayIntake(gateway: core)
    let server = HTTPServer(
      host: configuration.listen.host, port: configuration.listen.port, limits: limits(connections.clients),
      tls: try identity(), drain: drain, logger: serverLogger, refused: intake.refused, open: intake.open)
    let signals = await UnixSignalsSequence(trapping: GatewayLifecycle.signals)
    var ending = GatewayDrain.Limits()
    (ending.delay, ending.finish) = (configuration.drainDelay, configuration.drain)
    let lifecycle = GatewayLifecycle(ending, drain: drain) { [ending] action in
      if action == .announce || action == .finish {
        core.health.withLock { $0.drainingBegan() }
        onEnding()
      }
      stateLog.draining(action, ending)
    } onHangUp: {
      accessLog.reopen()
      core.file?.requestReload()
    }
    defer { Task { await upstream.close() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await core.run() }
      group.addTask { await accessLog.run { stateLog.accessLog($0) } }
      try await withAdminPages(of: core) { adminURL in
        try await lifecycle.run(signals: signals) {
          try await server.run(stopsOnSignals: false) { url in
            core.started(at: url)
            await onReady(Started(url: url, region: session.region, isOpen: configuration.isOpen, adminURL: adminURL))
          }
        }
      }
      group.cancelAll()
    }
  }

  func core(_ upstream: any Upstream, _ accessLog: AccessLog, _ stateLog: StateLog) throws -> GatewayCore {
    var client = client
    var options = Fleet.Options()
    options.onChange = { stateLog.fleetChanged($0) }
    options.hasPriorities = true
    if let fleet { client.fleet = try fleet.fleet(options) }
    return try GatewayCore(
      configuration, session: session, upstream: upstream, accessLog: accessLog, stateLog: stateLog, file: file, client: client)
  }

  /// The HTTP server logs its own cancellation as an error; whoever runs the gateway is told of its end by ``StateLog``.
  var serverLogger: Logger {
    var server = logger
    if logger.logLevel > .debug { server.logLevel = .critical }
    return server
  }

  /// Serves the pages for operators on an address of their own, if they have one, for as long as `body` runs.
  private func withAdminPages(of core: GatewayCore, _ body: @escaping @Sendable (String?) async throws -> Void) async throws {
    guard let address = configuration.admin.listen else { return try await body(nil) }
    let server = HTTPServer(
      host: address.host, port: address.port, limits: .pages, logger: serverLogger, open: AdminIntake(gateway: core).open)
    try await server.serve { url in try await body(url) }
  }

  private func identity() throws -> ServerIdentity? {
    try configuration.tls.map { try ServerIdentity(certificate: $0.certificate, key: $0.key) }
  }

  func limits(_ connectionsMax: Int) -> HTTPLimits {
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
    limits.patience.request = TimeAmount(configuration.limits.timeMax)
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
