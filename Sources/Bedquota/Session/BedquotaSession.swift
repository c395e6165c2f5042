public import AWSClient
import AWSWire
public import Logging

/// A connection to one AWS account, open for as long as a closure runs.
///
/// ## Usage
///
/// Credentials, Region and profile come from the environment and the shared AWS files, as for the AWS CLI:
///
/// ```swift
/// import Bedquota
///
/// try await BedquotaSession.with { session in
///   let listing = try await session.discovery.inventory()
///   print(listing.inventory.quotas.count, "quotas in", session.region)
/// }
/// ```
///
/// Settings of your own, and several Regions over the same connections:
///
/// ```swift
/// let configuration = try AWSConfiguration(.init(profile: "production", timeout: .seconds(20)))
/// try await BedquotaSession.with(configuration) { session in
///   for result in await session.inEachRegion(["us-east-1", "eu-central-1"], { try await $0.discovery.inventory() }) {
///     print(result.region, try result.result.get().inventory.quotas.count)
///   }
/// }
/// ```
///
/// The background work of clients ends with the session; a program needs to start or stop nothing.
public struct BedquotaSession: Sendable {
  /// Calls AWS's control plane: many short calls, with retries.
  package let client: AWSClient
  /// Invokes models and counts their tokens. It has connections of its own, because a reply may be silent for minutes and a thousand requests may be in
  /// flight.
  package let inference: AWSClient
  let background: BackgroundWork

  /// A session over an existing client. It doesn't run the background work of its clients.
  package init(client: AWSClient) { self.init(client: client, inference: client, background: BackgroundWork()) }

  init(client: AWSClient, inference: AWSClient, background: BackgroundWork) {
    self.client = client
    self.inference = inference
    self.background = background
  }

  /// Opens a session, runs `body` and closes every connection.
  /// - Parameters:
  ///   - configuration: nil: the settings of the environment and the shared AWS files.
  ///   - logger: gets a line for each call, at `debug`; nothing is logged without one.
  ///   - body: the work. Background tasks of clients that it makes are cancelled and awaited when it returns.
  /// - Throws: what `body` throws; `AWSClientError` for AWS's and the network's failures, and for a configuration that can't be
  ///   used.
  public static func with<Output: Sendable>(
    _ configuration: AWSConfiguration? = nil, logger: Logger? = nil, _ body: (BedquotaSession) async throws -> Output
  ) async throws -> Output {
    let configuration = try configuration ?? AWSConfiguration()
    // Connections are opened when something is sent over them, so the second pool costs nothing if no model is invoked.
    let connections = FileLimit.connections()
    return try await AsyncHTTPTransport.with(connectionsMax: 16, network: configuration.network) { transport in
      try await AsyncHTTPTransport.with(connectionsMax: connections, network: configuration.network) { inferenceTransport in
        let client = Self.client(configuration, transport, logger)
        let background = BackgroundWork()
        let session = BedquotaSession(
          client: client, inference: client.with(transport: inferenceTransport), background: background)
        return try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await background.run() }
          defer { group.cancelAll() }
          return try await body(session)
        }
      }
    }
  }

  private static func client(
    _ configuration: AWSConfiguration, _ transport: any HTTPTransport, _ logger: Logger?
  ) -> AWSClient {
    guard let logger else { return AWSClient(configuration: configuration, transport: transport) }
    return AWSClient(configuration: configuration, transport: transport, logger: logger)
  }

  /// The Region that calls go to; empty if none is configured.
  public var region: String { client.configuration.region }

  /// Reads quotas, models and inference profiles. It changes nothing.
  public var discovery: QuotaDiscovery { QuotaDiscovery(client: client) }

  /// The same account in another Region, over the same connections.
  /// - Throws: `AWSClientError` (`region`) for text that can't be a Region's name.
  public func with(region: String) throws -> BedquotaSession {
    BedquotaSession(
      client: try client.with(region: region), inference: try inference.with(region: region), background: background)
  }
}
