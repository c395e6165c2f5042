public import AWSClient
import AWSWire
public import Logging

/// A connection to one AWS account, open for as long as a closure runs.
///
/// ```swift
/// let configuration = try AWSConfiguration(environment: ProcessInfo.processInfo.environment)
/// try await BedquotaSession.with(configuration) { session in
///   let listing = try await session.discovery.inventory()
///   print(listing.inventory.quotas.count)
/// }
/// ```
public struct BedquotaSession: Sendable {
  package let client: AWSClient

  package init(client: AWSClient) { self.client = client }

  /// Opens a session, runs `body` and closes every connection.
  /// - Parameters:
  ///   - logger: gets a line for each call, at `debug`; nothing is logged without one.
  ///   - forInference: whether models are invoked: replies may then be silent for ten minutes, and a thousand may run at once.
  /// - Throws: what `body` throws; ``AWSClientError`` for AWS's and the network's failures.
  public static func with<Result: Sendable>(
    _ configuration: AWSConfiguration, logger: Logger? = nil, forInference: Bool = false,
    _ body: (BedquotaSession) async throws -> Result
  ) async throws -> Result {
    try await AsyncHTTPTransport.with(
      idleSecondsMax: forInference ? 600 : 30, connectionsMax: forInference ? 1_024 : 16
    ) { transport in
      let client = logger.map { AWSClient(configuration: configuration, transport: transport, logger: $0) }
      return try await body(BedquotaSession(client: client ?? AWSClient(configuration: configuration, transport: transport)))
    }
  }

  /// The Region that calls go to; empty where none is configured.
  public var region: String { client.configuration.region }

  /// Reads quotas, models and inference profiles. It changes nothing.
  public var discovery: QuotaDiscovery { QuotaDiscovery(client: client) }

  /// The same account in another Region, over the same connections.
  public func with(region: String) throws -> BedquotaSession {
    BedquotaSession(client: try client.with(region: region))
  }
}
