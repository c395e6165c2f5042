import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockQuotas
import Foundation
import Reports
import Synchronization

/// The figures of `/status` and `/metrics`.
extension GatewayCore {
  func status() -> LiveStatus {
    let now = Int(seconds())
    let lastHours = metrics.lastHours(atSeconds: seconds())
    let settings = settings
    var gateway = LiveStatus.Gateway(
      version: BedquotaVersion.current, startedAt: Timestamp(seconds: startedAt), now: Timestamp(seconds: now),
      configurationLoadedAt: Timestamp(seconds: settings.loadedAt))
    let health = health.withLock { $0 }
    gateway.url = url.withLock { $0 }
    gateway.configurationFile = file?.path
    (gateway.isReady, gateway.notReadyReason, gateway.isDraining) = (health.isReady, health.notReadyReason, health.isDraining)
    gateway.connections = drain.openConnections
    (gateway.openStreams, gateway.heldBytes) = (metrics.openStreams, heldBytes.held)
    gateway.accessLogDroppedLines = accessLog.droppedLines
    let callers = settings.authenticator.callers.all + (settings.configuration.isOpen ? registry.unverified() : [])
    let tokens = metrics.tokensLastHour(of: callers.map(\.name), atSeconds: seconds())
    let pools = accounts.all.flatMap { account in account.pools.snapshots.map { pool($0, of: account, lastHours) } }
    return LiveStatus(
      source: .gateway, at: Timestamp(seconds: now), gateway: gateway, accounts: accounts.all.map(self.account), pools: pools,
      routes: routed.status(metrics, now: now),
      callers: callers.map { caller($0, tokensLastHour: tokens[$0.name]) })
  }

  private func account(_ account: GatewayAccount) -> LiveStatus.Account {
    let (readiness, known) = (account.pools.readiness, account.pools.regionQuotas)
    var status = LiveStatus.Account(
      name: account.name, role: account.role, isReady: readiness.credentialsProblem == nil && readiness.hasQuotas,
      credentialsProblem: readiness.credentialsProblem)
    let names = account.regions.isEmpty ? Set(known.keys).union([account.home]).sorted() : account.regions
    status.regions = names.map { name in
      var region = LiveStatus.Region(region: name)
      region.quotasProblem = known[name]?.problem
      guard let read = known[name], let readAt = read.readAt else { return region }
      region.quotas = read.context.inventory.quotas.count
      region.quotasReadAt = Self.timestamp(readAt)
      return region
    }
    return status
  }

  private func pool(
    _ snapshot: PoolSnapshot, of account: GatewayAccount, _ lastHours: [PoolLabel: LiveStatus.History]
  ) -> LiveStatus.Pool {
    let label = snapshot.label
    var pool = LiveStatus.Pool(
      id: label.id, account: label.account, region: label.region, endpoint: label.endpoint.rawValue,
      status: snapshot.status.rawValue)
    pool.quotas = snapshot.limits.map { limit in
      var quota = LiveStatus.Quota(
        code: limit.quota?.code, name: limit.quota?.name.text, measure: limit.state.measure.quotaMeasure.rawValue,
        limit: Double(limit.state.limit), level: Double(limit.state.available), reserved: Double(limit.reserved))
      quota.used = max(Double(limit.state.availableMax - limit.state.available - limit.reserved), 0)
      if limit.state.scale != 1 { quota.enforcedShare = limit.state.scale }
      if limit.isForLongPrompts { quota.isForLongPrompts = true }
      return quota
    }
    (pool.inFlight, pool.waiting, pool.notes) = (snapshot.inFlight, snapshot.waiting, snapshot.notes)
    pool.fleet = snapshot.fleet
    pool.longestWaitSeconds = snapshot.longestWait.map { $0 / .seconds(1) }
    pool.lastHour = lastHours[label] ?? metrics.noHistory(atSeconds: seconds())
    pool.throttlesLastHour = pool.lastHour.map { Int(saturating: $0.throttles.reduce(0) { $0 + ($1 ?? 0) }) }
    pool.quotasReadAt = account.pools.quotasReadAt(label.region).map(Self.timestamp)
    return pool
  }

  private static func timestamp(_ date: Date) -> Timestamp { Timestamp(seconds: Int(date.timeIntervalSince1970)) }

  private func caller(_ caller: Caller, tokensLastHour: Int64?) -> LiveStatus.Caller {
    var status = LiveStatus.Caller(name: caller.name, share: caller.share, priority: caller.priority.rawValue)
    let activity = activity[caller.index]
    (status.waiting, status.inFlight) = (activity.waiting, activity.inFlight)
    status.tokensLastHour = tokensLastHour
    guard let budget = caller.budget?.snapshot(at: seconds()) else { return status }
    status.tokensToday = budget.tokensUsed
    if let limit = budget.limits.tokensPerDay, let left = budget.tokensLeft {
      status.budgets.append(.init(name: "tokens_per_day", limit: Double(limit), left: Double(left)))
    }
    if let limit = budget.limits.requestsPerDay, let left = budget.requestsLeft {
      status.budgets.append(.init(name: "requests_per_day", limit: Double(limit), left: Double(left)))
    }
    return status
  }
}
