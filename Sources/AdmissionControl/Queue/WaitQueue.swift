import DequeModule
import HeapModule

/// The waiters, and who is next: tiers share by weight, so do the tenants of a tier, and a tenant's own requests go in order.
///
/// A counter for each tier and tenant holds what it was served, divided by its weight; the lowest is next ("Fairness in Serving Large
/// Language Models", Sheng et al., OSDI 2024). One that was idle starts level with the lowest of those that wait, so that being idle
/// earns no credit.
struct WaitQueue: Sendable {
  private struct Tenant: Sendable {
    var weight: Double
    var served = 0.0
    /// Throttled by the server before; they go first.
    var retries = Deque<UInt64>()
    var waiting = Deque<UInt64>()
    /// The number of both that have not been cancelled.
    var live = 0
    /// The number of the request with which it last began to wait. Of tenants served alike, the lowest goes first.
    var rank: UInt64 = 0
    var share: Double { served / weight }
  }

  /// The place of a tenant in its tier at some time.
  private struct Turn: Comparable, Sendable {
    var share: Double
    var rank: UInt64
    var name: UInt32
    static func < (a: Turn, b: Turn) -> Bool { (a.share, a.rank) < (b.share, b.rank) }
  }

  private struct Tier: Sendable {
    var weight: Double
    var served = 0.0
    /// The share of the tenant that was last in front: where a tenant starts if no other waits.
    var clock = 0.0
    /// Waiters.
    var count = 0
    var tenants: [UInt32: Tenant] = [:]
    /// Tenants that have waiters.
    var active = 0
    /// Turns with lazy deletion: stale ones are dropped at the front, and purged once they outnumber the current ones.
    var turns = Heap<Turn>()

    mutating func note(_ name: UInt32, _ tenant: Tenant) {
      turns.insert(Turn(share: tenant.share, rank: tenant.rank, name: name))
      if turns.count > 2 * active + staleMax { turns = Heap(turns.unordered.filter(isCurrent)) }
    }

    func isCurrent(_ turn: Turn) -> Bool {
      guard let tenant = tenants[turn.name] else { return false }
      return tenant.live > 0 && tenant.rank == turn.rank && tenant.share == turn.share
    }

    /// The tenant that was served least, of those that wait.
    mutating func first() -> Turn? {
      while let turn = turns.min {
        if isCurrent(turn) { return turn }
        turns.removeMin()
      }
      return nil
    }
  }

  private struct Deadline: Comparable, Sendable {
    var at: Int64
    var number: UInt64
    static func < (a: Deadline, b: Deadline) -> Bool { (a.at, a.number) < (b.at, b.number) }
  }

  /// Idle tenants that are remembered, with what they were served, in each tier.
  private static let idleMax = 1_024

  private static let tiersMax = 64

  private var tiers: [Tier]
  private let tenantWeights: [UInt32: Double]
  private var waiters: [UInt64: Waiter] = [:]
  private var deadlines = Heap<Deadline>()
  private var lastNumber: UInt64 = 0
  /// The share of the tier that was last in front: where a tier starts if no other waits.
  private var clock = 0.0
  /// The predicted costs of all waiters together.
  private(set) var ahead = Amounts.zero

  init(tierWeights: [Double], tenantWeights: [UInt32: Double]) {
    func valid(_ weight: Double) -> Double { weight.isFinite && weight > 0 ? min(max(weight, 1e-6), 1e6) : 1 }
    let weights = tierWeights.isEmpty ? [1] : tierWeights.prefix(Self.tiersMax).map { $0 }
    tiers = weights.map { Tier(weight: valid($0)) }
    self.tenantWeights = tenantWeights.mapValues(valid)
  }

  var count: Int { waiters.count }
  var isEmpty: Bool { waiters.isEmpty }
  func tier(of priority: Int) -> Int { min(max(priority, 0), tiers.count - 1) }
  subscript(id: WaiterID) -> Waiter? { waiters[id.number] }

  /// The share of a tier among those that have waiters and itself, 0 to 1.
  func share(of tier: Int) -> Double {
    let all = tiers.indices.reduce(0.0) { $0 + (tiers[$1].count > 0 || $1 == tier ? tiers[$1].weight : 0) }
    return tiers[tier].weight / all
  }

  func count(inTier tier: Int) -> Int { tiers[tier].count }

  mutating func append(_ waiter: Waiter, deadline: Int64? = nil, isRetry: Bool = false) -> WaiterID {
    lastNumber += 1
    let (number, tier, name) = (lastNumber, waiter.tier, waiter.tenant)
    if tiers[tier].count == 0 {
      let least = tiers.lazy.filter { $0.count > 0 }.map { $0.served / $0.weight }.min() ?? clock
      tiers[tier].served = max(tiers[tier].served, least * tiers[tier].weight)
    }
    var tenant = tiers[tier].tenants.removeValue(forKey: name) ?? Tenant(weight: tenantWeights[name] ?? 1)
    if tenant.live == 0 {
      let least = tiers[tier].first()?.share ?? tiers[tier].clock
      tenant.served = max(tenant.served, least * tenant.weight)
      tenant.rank = number
    }
    if isRetry { tenant.retries.append(number) } else { tenant.waiting.append(number) }
    tenant.live += 1
    tiers[tier].tenants[name] = tenant
    if tenant.live == 1 {
      tiers[tier].active += 1
      tiers[tier].note(name, tenant)
    }
    tiers[tier].count += 1
    waiters[number] = waiter
    add(waiter.predicted, 1)
    if let deadline { deadlines.insert(Deadline(at: deadline, number: number)) }
    return WaiterID(number: number)
  }

  private mutating func add(_ amounts: Amounts, _ sign: Int64) {
    ahead.tokens &+= sign &* amounts.tokens
    ahead.inputTokens &+= sign &* amounts.inputTokens
    ahead.outputTokens &+= sign &* amounts.outputTokens
  }

  /// Whose turn it is; nil if nobody waits.
  mutating func head() -> WaiterID? {
    guard !waiters.isEmpty else { return nil }
    let tier = tiers.indices.filter { tiers[$0].count > 0 }.min {
      tiers[$0].served / tiers[$0].weight < tiers[$1].served / tiers[$1].weight
    }
    guard let tier, let turn = tiers[tier].first() else { return nil }
    clock = max(clock, tiers[tier].served / tiers[tier].weight)
    tiers[tier].clock = max(tiers[tier].clock, turn.share)
    let tenant = tiers[tier].tenants[turn.name]
    return (tenant?.retries.first ?? tenant?.waiting.first).map(WaiterID.init(number:))
  }

  /// Removes a waiter, wherever it stands.
  /// - Returns: nil if it waits no longer.
  mutating func remove(_ id: WaiterID) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: id.number) else { return nil }
    add(waiter.predicted, -1)
    let (tier, name) = (waiter.tier, waiter.tenant)
    tiers[tier].count -= 1
    if var tenant = tiers[tier].tenants.removeValue(forKey: name) {
      tenant.live -= 1
      tidy(&tenant.retries, live: tenant.live)
      tidy(&tenant.waiting, live: tenant.live)
      tiers[tier].tenants[name] = tenant
      if tenant.live == 0 { becameIdle(tier) }
    }
    if waiters.isEmpty {
      deadlines = Heap()
    } else if deadlines.count > 2 * waiters.count + staleMax {
      deadlines = Heap(deadlines.unordered.filter { waiters[$0.number] != nil })
    }
    return waiter
  }

  /// Drops waiters that have gone: at the front at once, elsewhere once they outnumber the others.
  private func tidy(_ row: inout Deque<UInt64>, live: Int) {
    while let first = row.first, waiters[first] == nil { row.removeFirst() }
    if row.count > 2 * live + staleMax { row = Deque(row.filter { waiters[$0] != nil }) }
  }

  /// A tenant of the tier waits no longer.
  private mutating func becameIdle(_ tier: Int) {
    tiers[tier].active -= 1
    if tiers[tier].active == 0 { tiers[tier].turns = Heap() }
    if tiers[tier].tenants.count > tiers[tier].active + Self.idleMax { forgetIdle(tier) }
  }

  private mutating func forgetIdle(_ tier: Int) {
    tiers[tier].tenants = tiers[tier].tenants.filter { $0.value.live > 0 }
  }

  /// Counts what a tenant was served: the predicted cost as it is admitted, and later the difference to the final cost.
  mutating func charge(_ units: Int64, tier: Int, tenant: UInt32) {
    tiers[tier].served = max(0, tiers[tier].served + Double(units))
    guard var state = tiers[tier].tenants[tenant] else { return }
    state.served = max(0, state.served + Double(units))
    tiers[tier].tenants[tenant] = state
    if state.live > 0 { tiers[tier].note(tenant, state) }
  }

  /// The earliest deadline of a waiter.
  mutating func earliestDeadline() -> (id: WaiterID, at: Int64)? {
    while let first = deadlines.min {
      if waiters[first.number] != nil { return (WaiterID(number: first.number), first.at) }
      deadlines.removeMin()
    }
    return nil
  }
}

/// Stale entries that any of the lazily deleted lists may hold before it is purged, so that short lists are not purged all the time.
private let staleMax = 64
