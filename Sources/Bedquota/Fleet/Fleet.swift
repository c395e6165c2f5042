import AWSClient
import AWSWire
package import FleetNetwork
package import FleetStore
public import Logging
import Synchronization

/// Processes on any number of machines that share the quotas of an account, through a store that all of them reach.
///
/// ## Usage
///
/// Make one for a process, and give it to each client:
///
/// ```swift
/// var options = QuotaAwareClient.Options()
/// options.fleet = try Fleet("redis://cache.internal:6379")
/// let client = try await QuotaAwareClient(id, session: session, options: options)
/// ```
///
/// Clients of the same quotas in the same account and Region share them, whatever process they run in. The first request of a client
/// joins the fleet, and the end of its session leaves it. While the store is away, each process goes on with a part of the quota.
///
/// The account is read from STS, which needs no permission.
public final class Fleet: Sendable {
  /// What a process does while the store gives no answer.
  public enum Fallback: Sendable, Equatable {
    /// It takes some nine tenths of the part that it had in the last minute. A process that never had an answer refuses its requests.
    case share
    /// It sends nothing.
    case closed
    /// It takes one of this many equal parts, 1 or more, even if it never had an answer.
    case fixed(members: Int)
  }

  /// How a process takes part.
  public struct Options: Sendable {
    /// The part of the process when many wait, 0.01 to 10,000; 1 is that of a usual one.
    public var weight = 1.0
    /// What it does while the store gives no answer.
    public var fallback = Fallback.share
    /// Whether requests have priorities, which then count in the whole fleet. Without, all requests have ``weight``.
    package var hasPriorities = false
    /// Called with a sentence for each change that an operator should know of: a store that is away or back, lowered limits.
    public var onChange: @Sendable (String) -> Void = { _ in }
    /// Gets a line for each connection, at `debug`.
    public var logger = Logger(label: "bedquota.fleet", factory: { _ in SwiftLogNoOpLogHandler() })

    public init() {}
  }

  let options: Options
  /// Whether the store counts requests in flight, where a quota limits them.
  let sharesConcurrency: Bool
  private let address: FleetStoreAddress?
  private let opened: Mutex<(any FleetStore)?>
  /// The account of each access key that asked.
  private let accounts = Mutex<[String: String]>([:])

  /// Opens no connection yet.
  /// - Parameter address: `redis://HOST:PORT/DATABASE`, `rediss://…` with TLS, several hosts of a cluster with commas between them, or
  ///   `redis+sentinel://HOST,HOST/NAME`, where `USER:PASSWORD@` logs in, `?sentinel_username=USER&sentinel_password=PASSWORD` logs in to
  ///   sentinels, and `?ca=FILE` names the authorities that are trusted; `rediss://USER@HOST:PORT/?iam=CACHE&region=us-east-1`, where IAM
  ///   logs in to ElastiCache or MemoryDB; or `dynamodb://TABLE?region=us-east-1`. For the last two, the credentials of the first client's
  ///   session sign. `?prefix=TEXT` keeps fleets apart.
  /// - Throws: ``BedquotaError`` (`configuration`) for another text, whose words hold nothing of it.
  public convenience init(_ address: String, options: Options = Options()) throws(BedquotaError) {
    try self.init(address, from: .environment, options: options)
  }

  /// - Parameter origin: where the address comes from. Only one that no other user of the machine sees may hold a password.
  package convenience init(
    _ address: String, from origin: ValkeyAddress.Origin, options: Options = Options()
  ) throws(BedquotaError) {
    do throws(FleetStoreError) {
      let address = try FleetStoreAddress(address, from: origin)
      // A file of authorities that can't be used is found now.
      if case .valkey(let valkey) = address { _ = try ValkeyFleetStore(valkey, logger: options.logger) }
      self.init(address: address, store: nil, options: options)
    } catch {
      throw BedquotaError(.configuration, error.message, parameters: ["fleet"])
    }
  }

  /// For tests.
  package convenience init(store: any FleetStore, options: Options = Options()) {
    self.init(address: nil, store: store, options: options)
  }

  private init(address: FleetStoreAddress?, store: (any FleetStore)?, options: Options) {
    self.address = address
    self.options = options
    sharesConcurrency = store?.sharesConcurrency ?? address?.sharesConcurrency ?? true
    opened = Mutex(store)
  }

  /// The store, which the first call opens; nothing is sent yet.
  /// - Parameter session: signs for the account that has the table, if the store is one, or for a user who logs in by IAM.
  /// - Throws: ``BedquotaError`` (`fleet`).
  @discardableResult
  package func open(in session: BedquotaSession) throws(BedquotaError) -> any FleetStore {
    do throws(FleetStoreError) {
      return try opened.withLock { opened throws(FleetStoreError) in
        if let opened { return opened }
        guard let address else { preconditionFailure("A fleet has an address or a store.") }
        let store = try address.store(session.client, logger: options.logger)
        opened = store
        return store
      }
    } catch {
      throw BedquotaError(.fleet, error.message, parameters: ["fleet"], underlying: error)
    }
  }

  /// A name that no other member ever has: 64 random bits.
  package static func newMemberName() -> String { FleetMembership.newName() }

  /// The account that a session's credentials belong to.
  func account(of session: BedquotaSession) async throws -> String {
    let key = try await session.client.configuration.credentials.credentials()?.accessKeyID ?? ""
    if let known = accounts.withLock({ $0[key] }) { return known }
    let region = session.region.isEmpty ? "us-east-1" : session.region
    let account = try await session.client.with(region: region).call(STSAPI.getCallerIdentity()).account
    accounts.withLock { accounts in
      // A role's keys are new each hour.
      if accounts.count >= 1_000 { accounts = [:] }
      accounts[key] = account
    }
    return account
  }
}

extension Fleet.Fallback {
  var memberFallback: FleetFallback {
    switch self {
    case .share: .share
    case .closed: .closed
    case .fixed(let members): .fixed(members: members)
    }
  }
}
