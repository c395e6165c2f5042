import AWSClient
import AWSWire
public import Foundation
import HTTPTypes
public import Logging

/// Traces and metrics for an OpenTelemetry collector, where the environment names one.
///
/// ```swift
/// try await OpenTelemetry.exporting(serviceName: "summaries") {
///   try await BedquotaSession.with { session in
///     // The client's spans and metrics go to OTEL_EXPORTER_OTLP_ENDPOINT.
///   }
/// }
/// ```
///
/// They are sent as JSON over HTTP. Prompts and completions are in none of them. A program that has a tracer and a metrics factory of
/// its own needs nothing of this: the library writes to those.
///
/// Source: opentelemetry.io/docs/specs/otel/protocol/exporter/
public enum OpenTelemetry {
  /// Runs `body`, while what the process records goes to the collector, and sends the rest at the end, for at most five seconds.
  ///
  /// Without `OTEL_EXPORTER_OTLP_ENDPOINT`, or its form for one signal, it runs `body` alone. Otherwise it becomes the tracer and the
  /// metrics factory of the process, once: call it from `main`, and only where nothing else has been set up.
  /// - Parameters:
  ///   - environment: has `OTEL_…`, and the proxies and certificates by which the collector is reached.
  ///   - serviceName: `service.name`, where `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` have none.
  ///   - logger: gets a line when the collector can't be reached, and when it can again.
  /// - Throws: what `body` throws; ``BedquotaError`` for a variable that can't be used.
  public static func exporting<Output: Sendable>(
    environment: [String: String] = ProcessInfo.processInfo.environment, serviceName: String = "bedquota", logger: Logger? = nil,
    _ body: () async throws -> Output
  ) async throws -> Output {
    try await exporting(environment: environment, serviceName: serviceName, setsUpMetrics: true, logger: logger) { _ in
      try await body()
    }
  }

  /// - Parameters:
  ///   - setsUpMetrics: whether the library's own metrics are exported, beside those that ``OpenTelemetryExporter/addMetrics(scope:_:)``
  ///     adds.
  ///   - body: gets the exporter; nil: nothing is exported.
  package static func exporting<Output: Sendable>(
    environment: [String: String], serviceName: String = "bedquota", setsUpMetrics: Bool, logger: Logger?,
    _ body: (OpenTelemetryExporter?) async throws -> Output
  ) async throws -> Output {
    // Checked before connections are set up, which needs the environment's certificates.
    guard let settings = try OpenTelemetrySettings(environment: environment, serviceName: serviceName) else {
      return try await body(nil)
    }
    let network = try NetworkSettings(environment: environment)
    return try await AsyncHTTPTransport.with(connectionsMax: 2, network: network) { transport in
      let exporter = OpenTelemetryExporter(settings) { notice in
        logger?.log(level: notice.isProblem ? .warning : .notice, "\(notice.text)")
      } send: { url, headers, body in
        try await transport.post(url, headers, body)
      }
      exporter.bootstrap(metrics: setsUpMetrics)
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await exporter.run() }
        let result: Result<Output, any Error>
        do { result = .success(try await body(exporter)) } catch { result = .failure(error) }
        group.cancelAll()
        // The last export, of a body that failed too.
        try await group.waitForAll()
        return try result.get()
      }
    }
  }
}

extension AsyncHTTPTransport {
  /// The exporter has a time of its own for each request, so this one is only for what it forgets.
  private static let timeout = Duration.seconds(3_600)

  fileprivate func post(_ url: URL, _ headers: HTTPFields, _ body: Data) async throws -> OTLPSender.Reply {
    let host = url.host(percentEncoded: true) ?? ""
    let authority = (host.contains(":") ? "[\(host)]" : host) + (url.port.map { ":\($0)" } ?? "")
    let path = url.path(percentEncoded: true)
    let target = (path.isEmpty ? "/" : path) + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
    let head = HTTPRequest(method: .post, scheme: url.scheme, authority: authority, path: target, headerFields: headers)
    let reply = try await send(AWSHTTPRequest(head: head, body: body), timeout: Self.timeout)
    return (reply.head.status.code, reply.head.headerFields, reply.body)
  }
}
