import AWSClient
import AWSWire
import Bedquota
import Synchronization

/// An AWS account that the gateway calls: its queues, and the credentials that sign. No other account has a part in either.
final class GatewayAccount: Sendable {
  /// In logs, metrics and status.
  let name: String
  /// The Regions of the configuration, the default first; empty: every Region.
  let regions: [String]
  let pools: QuotaPools
  private let sessions: AccountSession
  /// For requests whose callers share credentials, by Region.
  private let clients = Mutex<[String: AWSClient]>([:])

  init(_ sessions: AccountSession, options: QuotaPools.Options) {
    self.sessions = sessions
    (name, regions) = (sessions.settings.name, sessions.settings.regions)
    var options = options
    options.regions = regions.isEmpty ? nil : Set(regions)
    options.account = name
    pools = QuotaPools(session: sessions.reader, options: options)
  }

  /// The role that is assumed; nil: none.
  var role: String? { sessions.settings.role?.roleARN }

  /// The Region of requests that ask for none.
  var home: String { sessions.reader.region }

  /// Whether requests may go to a Region. It becomes a part of the host that is called, also where no queue is asked for.
  func serves(_ region: String) -> Bool { pools.regions.contains(region) }

  /// The client that signs the requests of a caller.
  /// - Parameter caller: nil: nothing is signed, because the request has a key of its own.
  /// - Throws: `AWSClientError` (`region`) for text that can't be a Region's name.
  func client(region: String, signsFor caller: Caller?) throws -> AWSClient {
    if sessions.isPerCaller, let caller { return try sessions.session(of: caller.name).inference.with(region: region) }
    if let known = clients.withLock({ $0[region] }) { return known }
    let client = try sessions.reader.inference.with(region: region)
    // Only Regions that are served get here, so they are few.
    clients.withLock { $0[region] = client }
    return client
  }
}
