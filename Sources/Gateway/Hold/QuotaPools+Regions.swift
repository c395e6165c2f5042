import AWSClient
import Bedquota
import BedrockQuotas
import Foundation
import Synchronization

/// How the quotas of Regions are read.
extension QuotaPools {
  /// Finds the credentials and reads the quotas of the session's Region, and then of the others that are named, so that the first
  /// request doesn't wait for them. What fails shows in ``readiness`` and ``regionQuotas``; the gateway works without.
  package func prepare() async {
    await checkCredentials()
    if !session.region.isEmpty { _ = try? await quotas(of: session.region) }
    await withTaskGroup(of: Void.self) { group in
      for region in options.regions ?? [] { group.addTask { _ = try? await self.quotas(of: region) } }
    }
  }

  /// Reads quotas again each hour, and those that could not be read each half minute, until the task is cancelled. It looks after the
  /// credentials too, so that a role that is taken away shows before a request needs it.
  package func run() async {
    while (try? await options.client.sleep(RegionQuotas.retryInterval)) != nil {
      await checkCredentials()
      let now = options.client.clock()
      await refresh { $0.dueAt <= now }
    }
  }

  /// Reads the quotas of all Regions in use again, and enforces what has changed.
  package func refresh() async { await refresh { _ in true } }

  private func refresh(_ isDue: (RegionQuotas) -> Bool) async {
    for name in state.withLock({ state in state.regions.filter { isDue($0.value) }.keys.sorted() }) {
      if let task = state.withLock({ reading(name, in: &$0) }) { _ = await task.value }
    }
  }

  private func checkCredentials() async {
    var problem: String?
    do {
      if !session.client.configuration.hasBedrockAPIKey { try await session.requireCredentials() }
    } catch {
      problem = (error as? AWSClientError)?.message ?? "\(error)"
    }
    state.withLock { $0.credentialsProblem = problem }
  }

  /// The ids of models and profiles that the account lists in the session's Region, sorted; empty if they can't be listed.
  func listedIDs() async -> [String] {
    guard let region = try? await quotas(of: session.region) else { return [] }
    return Set(region.context.catalog.entries.map(\.id)).sorted()
  }

  /// Whether the account lists an id in its Region; nil: its lists weren't read, or don't tell.
  /// - Parameter name: of the configuration, whose names are few; what is found is kept.
  func lists(_ name: PoolName) -> Bool? {
    let (known, region) = state.withLock { ($0.listed[name], $0.regions[name.region]) }
    if let known { return known }
    guard let region, let id = InvokedID(name.id) else { return nil }
    let isListed = (try? region.context.resolution(of: id, on: name.endpoint))?.isListed
    state.withLock { state in
      // Otherwise it was read again meanwhile.
      if state.regions[name.region]?.dueAt == region.dueAt { state.listed[name] = .some(isListed) }
    }
    return isListed
  }

  // MARK: - One Region

  /// The quotas of a Region, which are read by the first who asks.
  private func quotas(of name: String) async throws -> RegionQuotas {
    guard regions.contains(name) else {
      throw BedquotaError(.region, "The gateway doesn't send requests to the Region \"\(name.prefix(40))\".")
    }
    guard options.readsQuotas else { return RegionQuotas(unread: try session.with(region: name), region: name) }
    let (known, task) = state.withLock { state -> (RegionQuotas?, Task<RegionQuotas, Never>?) in
      if let region = state.regions[name] { return (region, nil) }
      return (nil, reading(name, in: &state))
    }
    if let known { return known }
    guard let task else { throw BedquotaError(.region, "\"\(name.prefix(40))\" can't be a Region's name.") }
    return await task.value
  }

  /// The same, with the application inference profile that an id names.
  func quotas(of name: String, for id: InvokedID) async throws -> RegionQuotas {
    var region = try await quotas(of: name)
    guard options.readsQuotas, case .applicationProfile = id.kind, !region.context.catalog.holds(id) else { return region }
    let now = options.client.clock()
    guard state.withLock({ $0.lookups.take(at: now) }) else { return region }
    let catalog = await region.session.discovery.adding(profilesFor: [id], to: region.context.catalog)
    guard catalog.holds(id) else { return region }
    region.context = region.context.with(catalog)
    state.withLock { $0.regions[name]?.context = region.context }
    return region
  }

  /// The reading of a Region's quotas that runs, or a new one; nil for text that can't be a Region's name.
  private func reading(_ name: String, in state: inout State) -> Task<RegionQuotas, Never>? {
    if let task = state.reading[name] { return task }
    guard let known = state.regions[name] ?? (try? session.with(region: name)).map({ RegionQuotas(unread: $0, region: name) })
    else {
      return nil
    }
    let task = Task { await self.read(known, name) }
    state.reading[name] = task
    return task
  }

  private func read(_ known: RegionQuotas, _ name: String) async -> RegionQuotas {
    var region = known
    do {
      let context = try await region.session.discovery.context(for: [])
      region.read(context, at: options.client.clock(), date: Date())
    } catch {
      region.failed(error, at: options.client.clock())
    }
    let pools = state.withLock { state in
      state.reading[name] = nil
      state.regions[name] = region
      state.listed = state.listed.filter { $0.key.region != name }
      return state.table.pools.filter { $0.name.region == name }
    }
    update(pools, with: region)
    return region
  }

  /// Resolves the ids of a Region's pools again. A pool that now belongs to other quotas is forgotten: the next request makes the right
  /// one, and those that have it end with it.
  private func update(_ pools: [PoolTable<ModelPool>.Pool], with region: RegionQuotas) {
    for pool in pools {
      guard let id = InvokedID(pool.name.id), let resolution = try? region.context.resolution(of: id, on: pool.name.endpoint)
      else { continue }
      if PoolKey(resolution, region: pool.name.region) == pool.key {
        pool.value.client.setLimits(of: resolution)
      } else {
        let codes = resolution.quotas.map(\.quota.code).sorted().joined(separator: ", ")
        options.onQuotaChange(
          PoolLabel(pool.value.client.resolution, account: options.account, region: pool.name.region),
          "other quotas than before: \(codes.isEmpty ? "none is known" : codes)")
        state.withLock { $0.table.remove(pool.key) }
      }
    }
  }
}
