import AWSClient
package import Bedquota
import BedrockQuotas
package import Foundation
import Synchronization

/// The clients of all models of one account that the gateway's callers name: requests that count against the same quotas share a
/// client, and so a queue.
///
/// Clients are made when they are first needed. Of a Region, the quotas are read once for all of them, and again each hour by
/// ``run()``. Where they can't be read, the gateway works with what the ids say, and learns.
package final class QuotaPools: Sendable {
  /// The quotas that callers may use.
  package struct Options: Sendable {
    /// How clients use their quotas. Endpoint and sharing are set here and not there.
    package var client = QuotaAwareClient.Options()
    package var sharing = QuotaSharing()
    /// The Regions that callers may name; nil: those that have Bedrock by the dated facts, and the session's own.
    package var regions: Set<String>?
    /// Whether the session's account is the one whose quotas count. If not, nothing is read of it.
    package var readsQuotas = true
    package var poolsMax = 200
    /// What the account is called in metrics and logs.
    package var account = "own"
    /// Called with a quota of a pool that is another than before, such as `L-1234 tpm 200000 -> 400000`.
    package var onQuotaChange: @Sendable (PoolLabel, String) -> Void = { _, _ in }

    package init() {}
  }

  struct State: Sendable {
    var table: PoolTable<ModelPool>
    var making: [PoolKey: Task<ModelPool, any Error>] = [:]
    var regions: [String: RegionQuotas] = [:]
    var reading: [String: Task<RegionQuotas, Never>] = [:]
    var tenantWeights: [UInt32: Double]
    var lookups = LookupBudget()
    /// What ``QuotaPools/lists(_:)`` has found, until the Region is read again.
    var listed: [PoolName: Bool?] = [:]
    var credentialsProblem: String? = QuotaPools.notAskedYet
  }

  /// The problem with the credentials until the first look at them has ended.
  static let notAskedYet = "Credentials were not asked for yet."

  let session: BedquotaSession
  let options: Options
  let regions: Set<String>
  let state: Mutex<State>

  package init(session: BedquotaSession, options: Options = Options()) {
    self.session = session
    self.options = options
    regions = options.regions ?? Set((try? session.regionsWithBedrock()) ?? []).union([session.region])
    state = Mutex(State(table: PoolTable(poolsMax: options.poolsMax), tenantWeights: options.sharing.tenantWeights))
  }

  // MARK: - Pools

  /// The pool of an id that was used before; nil: ask ``pool(_:)``.
  package func knownPool(_ name: PoolName) -> ModelPool? { state.withLock { $0.table.value(of: name) } }

  /// The pool that an id belongs to, which is made if there is none.
  /// - Throws: ``BedquotaError``: `request` for text that can't be an id, or not on this endpoint; `region` for a Region that callers
  ///   may not name; `configuration` if too many ids have requests at the same time.
  package func pool(_ name: PoolName) async throws -> ModelPool {
    if let pool = knownPool(name) { return pool }
    return try await find(name)
  }

  private func find(_ name: PoolName) async throws -> ModelPool {
    guard let invoked = InvokedID(name.id) else {
      throw BedquotaError(.request, "\"\(name.id.prefix(300))\" is not a model id, inference profile id or ARN.")
    }
    let region = try await quotas(of: name.region, for: invoked)
    let resolution = try region.context.resolution(of: invoked, on: name.endpoint)
    let key = PoolKey(resolution, region: name.region)
    let isKnown = resolution.isKnown
    let (known, task) = try state.withLock { state throws(BedquotaError) -> (ModelPool?, Task<ModelPool, any Error>?) in
      if let pool = state.table.join(name, key) { return (pool, nil) }
      if let task = state.making[key] { return (nil, task) }
      guard state.table.hasRoom(isKnown: isKnown, isIdle: \.client.isIdle) else { throw Self.full(isKnown) }
      // Nobody's cancellation ends it: others wait for it too.
      let task = Task { try await self.make(invoked, resolution, name, key, in: region, isKnown: isKnown) }
      state.making[key] = task
      return (nil, task)
    }
    guard let task else { return known! }
    let made = try await task.value
    return state.withLock { $0.table.join(name, key) } ?? made
  }

  private func make(
    _ id: InvokedID, _ resolution: Resolution, _ name: PoolName, _ key: PoolKey, in region: RegionQuotas, isKnown: Bool
  ) async throws -> ModelPool {
    var options = options.client
    options.endpoint = name.endpoint
    options.sharing = self.options.sharing
    options.sharing.tenantWeights = state.withLock { $0.tenantWeights }
    let label = PoolLabel(resolution, account: self.options.account, region: name.region)
    options.onLimitChange = { [onQuotaChange = self.options.onQuotaChange] change in onQuotaChange(label, change) }
    // CloudWatch is asked for models in use, and not for whatever a stranger makes up.
    options.looksAtRecentUse = options.looksAtRecentUse && isKnown && region.readAt != nil
    do {
      // Resolving takes longer than all the rest, so it isn't done twice for an id that somebody made up.
      let client =
        options.looksAtRecentUse
        ? try await QuotaAwareClient(id, in: region.context, session: region.session, options: options)
        : QuotaAwareClient(resolution, session: region.session, options: options)
      let pool = ModelPool(client)
      state.withLock { state in
        state.making[key] = nil
        // If the quotas were read meanwhile, the next request makes the pool of the new ones.
        if state.regions[name.region]?.readAt == region.readAt {
          state.table.insert(pool, for: name, key, isKnown: isKnown, isIdle: \.client.isIdle)
        }
        // They may have changed while the client was made.
        pool.client.setTenantWeights(state.tenantWeights)
      }
      return pool
    } catch {
      state.withLock { $0.making[key] = nil }
      throw error
    }
  }

  private static func full(_ isKnown: Bool) -> BedquotaError {
    BedquotaError(
      .configuration,
      isKnown
        ? "Requests to as many models as the gateway keeps queues for are running; send this one later."
        : "Requests to as many unknown models as the gateway keeps queues for are running; send this one later, or use an id that the account lists."
    )
  }

  // MARK: - Changes

  /// Replaces the weights of all tenants from now on, in every queue. Nobody loses a place.
  package func setTenantWeights(_ weights: [UInt32: Double]) {
    let clients = state.withLock { state in
      state.tenantWeights = weights
      return state.table.pools.map(\.value.client)
    }
    for client in clients { client.setTenantWeights(weights) }
  }

  // MARK: - What it knows

  /// What the gateway needs before it takes requests.
  package struct Readiness: Sendable, Equatable {
    /// Why there are no credentials; nil: there are.
    package var credentialsProblem: String?
    /// Whether the quotas of the session's Region were read once, or AWS denies them.
    package var hasQuotas: Bool
  }

  package var readiness: Readiness {
    state.withLock { state in
      let home = state.regions[session.region]
      // Where AWS denies the quotas, waiting for them would never end.
      let isDenied = home?.context.quotasProblem != nil
      return Readiness(credentialsProblem: state.credentialsProblem, hasQuotas: home?.readAt != nil || isDenied)
    }
  }

  /// What is known of the session's Region: how many quotas were read, and why they can't be read, in a sentence.
  package var home: (region: String, quotas: Int, problem: String?) {
    let home = state.withLock { $0.regions[session.region] }
    return (session.region, home?.context.inventory.quotas.count ?? 0, home?.problem)
  }

  /// What is known of each Region that was asked for.
  var regionQuotas: [String: RegionQuotas] { state.withLock { $0.regions } }

  /// When the quotas of a Region were read; nil: never.
  package func quotasReadAt(_ region: String) -> Date? { state.withLock { $0.regions[region]?.readAt } }

  /// Every pool, sorted by Region and id.
  package var snapshots: [PoolSnapshot] {
    let pools = state.withLock { $0.table.pools }
    return pools.map { PoolSnapshot($0, account: options.account) }.sorted {
      ($0.label.region, $0.label.id, $0.label.endpoint.rawValue) < ($1.label.region, $1.label.id, $1.label.endpoint.rawValue)
    }
  }
}
