import DequeModule
import HeapModule

/// The waiters and their order: tiers share by weight, as do the tenants of a tier, and a tenant's own requests go first in,
/// first out; one that left and came back has its old place.
///
/// A counter for each tier and tenant holds the service that it received, divided by its weight; the lowest counter is next
/// ("Fairness in Serving Large Language Models", Sheng et al., OSDI 2024). The counter of a tenant that was idle starts
/// at the lowest of those that wait, so that being idle earns no credit.
///
/// Between tiers, the counter as it would be *after* the next request decides, as in weighted fair queueing, and an idle tier
/// starts at the counter of the tier in front. So a large request of a tier with a small weight waits until the others have had
/// their shares of that time; otherwise it would go at once and hold up everybody while the meters fill for it.
struct WaitQueue: Sendable {
  private struct Tenant: Sendable {
    var weight: Double
    var served = 0.0
    /// Requests that this server or another one turned away; they go first.
    var retries = Deque<UInt64>()
    var waiting = Deque<UInt64>()
    /// Requests that left the queue and came back: each is among `waiting` where it was before.
    var returned = Heap<Returned>()
    /// The number of requests in all three that still wait.
    var live = 0
    /// Their predicted costs together, and how many requests that is, as far as this queue is expected to serve them.
    var ahead = Amounts.zero
    var aheadUnits: Int64 = 0
    /// The number of the request with which the tenant last began to wait. Of tenants with equal shares, the lowest rank goes
    /// first.
    var rank: UInt64 = 0
    var share: Double { served / weight }
    /// The number of the request that goes next.
    var first: UInt64? {
      if let retry = retries.first { return retry }
      if let back = returned.min, back.rank < waiting.first ?? .max { return back.number }
      return waiting.first
    }
  }

  private struct Returned: Comparable, Sendable {
    /// The number that the request had when it first began to wait.
    var rank: UInt64
    var number: UInt64
    static func < (a: Returned, b: Returned) -> Bool { (a.rank, a.number) < (b.rank, b.number) }
  }

  /// The place of a tenant in its tier at one time.
  private struct Turn: Comparable, Sendable {
    var share: Double
    var rank: UInt64
    var name: UInt32
    static func < (a: Turn, b: Turn) -> Bool { (a.share, a.rank) < (b.share, b.rank) }
  }

  private struct Tier: Sendable {
    var weight: Double
    var served = 0.0
    /// The share of the tenant that was last in front. A tenant starts here if no other tenant waits.
    var clock = 0.0
    /// Waiters.
    var count = 0
    var tenants: [UInt32: Tenant] = [:]
    /// Tenants that have waiters.
    var active = 0
    /// Their weights together.
    var activeWeight = 0.0
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

    /// The waiting tenant with the lowest share.
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

  /// The most idle tenants whose counters each tier remembers.
  private static let idleMax = 1_024

  private static let tiersMax = 64

  private var tiers: [Tier]
  private var tenantWeights: [UInt32: Double]
  private var waiters: [UInt64: Waiter] = [:]
  private var deadlines = Heap<Deadline>()
  private var lastNumber: UInt64 = 0
  /// The largest share that a tier in front had. A tier starts here.
  private var clock = 0.0
  /// The predicted costs of all waiters together, as far as this queue is expected to serve them.
  private(set) var ahead = Amounts.zero
  private var aheadUnits: Int64 = 0

  init(tierWeights: [Double], tenantWeights: [UInt32: Double]) {
    let weights = tierWeights.isEmpty ? [1] : tierWeights.prefix(Self.tiersMax).map { $0 }
    tiers = weights.map { Tier(weight: Self.valid($0)) }
    self.tenantWeights = tenantWeights.mapValues(Self.valid)
  }

  private static func valid(_ weight: Double) -> Double { weight.isFinite && weight > 0 ? min(max(weight, 1e-6), 1e6) : 1 }

  /// Replaces the weights of all tenants from now on. What a tenant was served before keeps its worth beside that of the others, so
  /// a new weight is neither a debt nor a credit.
  mutating func setTenantWeights(_ weights: [UInt32: Double]) {
    tenantWeights = weights.mapValues(Self.valid)
    for tier in tiers.indices {
      for (name, tenant) in tiers[tier].tenants {
        let weight = tenantWeights[name] ?? 1
        guard weight != tenant.weight else { continue }
        var tenant = tenant
        tenant.served *= weight / tenant.weight
        if tenant.live > 0 { tiers[tier].activeWeight += weight - tenant.weight }
        tenant.weight = weight
        tiers[tier].tenants[name] = tenant
        if tenant.live > 0 { tiers[tier].note(name, tenant) }
      }
    }
  }

  var count: Int { waiters.count }
  var isEmpty: Bool { waiters.isEmpty }
  /// The tiers that have waiters.
  var waitingTiers: TierSet {
    var waiting = TierSet()
    for tier in tiers.indices where tiers[tier].count > 0 { waiting.insert(tier) }
    return waiting
  }
  /// When the one that has waited longest began to; nil: none waits. It visits every waiter.
  var longestSince: Int64? { waiters.values.lazy.map(\.queuedAt).min() }
  func tier(of priority: Int) -> Int { min(max(priority, 0), tiers.count - 1) }
  subscript(id: WaiterID) -> Waiter? { waiters[id.number] }

  /// A tier's part of the weights of all tiers that have waiters and its own, 0 to 1.
  func share(of tier: Int) -> Double {
    let all = tiers.indices.reduce(0.0) { $0 + (tiers[$1].count > 0 || $1 == tier ? tiers[$1].weight : 0) }
    return tiers[tier].weight / all
  }

  /// How much the others get at most while a tenant gets one unit and both wait, by the weights of tenants and tiers: 0 or more.
  func othersPerOwn(tenant name: UInt32, tier: Int) -> Double {
    let known = tiers[tier].tenants[name]
    let weight = known?.weight ?? tenantWeights[name] ?? 1
    let all = max(tiers[tier].activeWeight + ((known?.live ?? 0) > 0 ? 0 : weight), weight)
    return all / weight / max(share(of: tier), 1e-6) - 1
  }

  /// The waiters that this queue is expected to serve; fewer than ``count`` if some wait in other queues too.
  var requestsAhead: Int64 { QueueShare.requests(aheadUnits) }

  /// What a tenant's waiters of a tier need together, as far as this queue is expected to serve them.
  func ahead(ofTenant name: UInt32, tier: Int) -> (requests: Int64, amounts: Amounts) {
    tiers[tier].tenants[name].map { (QueueShare.requests($0.aheadUnits), $0.ahead) } ?? (0, .zero)
  }

  /// The waiters of a tenant, in all tiers.
  func count(ofTenant name: UInt32) -> Int { tiers.reduce(0) { $0 + ($1.tenants[name]?.live ?? 0) } }

  /// - Parameters:
  ///   - goesAhead: whether it goes before its tenant's other requests.
  ///   - rank: the number that the request had when it waited before; nil: it is new.
  mutating func append(_ waiter: Waiter, deadline: Int64? = nil, goesAhead: Bool = false, rank: UInt64? = nil) -> WaiterID {
    lastNumber += 1
    let (number, tier, name) = (lastNumber, waiter.tier, waiter.tenant)
    if tiers[tier].count == 0 {
      tiers[tier].served = max(tiers[tier].served, clock * tiers[tier].weight)
    }
    var tenant = tiers[tier].tenants.removeValue(forKey: name) ?? Tenant(weight: tenantWeights[name] ?? 1)
    if tenant.live == 0 {
      let least = tiers[tier].first()?.share ?? tiers[tier].clock
      // The lift would cost a request that came back its place among the tenants. It keeps the credit of this one request.
      let credit = rank == nil ? 0 : Double(AdmissionState.price(waiter.predicted))
      tenant.served = max(tenant.served, least * tenant.weight - credit)
      tenant.rank = number
    }
    if goesAhead {
      tenant.retries.append(number)
    } else if let rank, rank < number {
      tenant.returned.insert(Returned(rank: rank, number: number))
    } else {
      tenant.waiting.append(number)
    }
    tenant.live += 1
    tenant.ahead.add(waiter.expected, 1)
    tenant.aheadUnits += waiter.share.units
    tiers[tier].tenants[name] = tenant
    if tenant.live == 1 {
      tiers[tier].active += 1
      tiers[tier].activeWeight += tenant.weight
      tiers[tier].note(name, tenant)
    }
    tiers[tier].count += 1
    waiters[number] = waiter
    ahead.add(waiter.expected, 1)
    aheadUnits += waiter.share.units
    if let deadline { deadlines.insert(Deadline(at: deadline, number: number)) }
    return WaiterID(number: number)
  }

  /// The waiter whose turn it is; nil if the queue is empty.
  mutating func head() -> WaiterID? {
    guard !waiters.isEmpty else { return nil }
    var first: (tier: Int, share: Double, turn: Turn, number: UInt64)?
    for tier in tiers.indices where tiers[tier].count > 0 {
      guard let turn = tiers[tier].first(), let number = tiers[tier].tenants[turn.name]?.first else { continue }
      let next = waiters[number].map { AdmissionState.price($0.cost.reserved) } ?? 0
      let share = (tiers[tier].served + Double(next)) / tiers[tier].weight
      if first.map({ share < $0.share }) ?? true { first = (tier, share, turn, number) }
    }
    guard let first else { return nil }
    clock = max(clock, tiers[first.tier].served / tiers[first.tier].weight)
    tiers[first.tier].clock = max(tiers[first.tier].clock, first.turn.share)
    return WaiterID(number: first.number)
  }

  /// Hands out the waiters in the order of their turns, if they are of one tenant and tier, so that no weights decide.
  /// - Parameter body: returns whether it wants the next one.
  /// - Returns: false if others wait too; then the order isn't known without serving them.
  func eachOfOneTenant(_ body: (Waiter) -> Bool) -> Bool {
    guard let tier = tiers.first(where: { $0.count > 0 }), tier.count == waiters.count, tier.active == 1,
      let tenant = tier.tenants.values.first(where: { $0.live > 0 }), tenant.returned.isEmpty
    else { return false }
    for row in [tenant.retries, tenant.waiting] {
      for number in row {
        // Those that were removed are dropped later.
        if let waiter = waiters[number], !body(waiter) { return true }
      }
    }
    return true
  }

  /// Removes a waiter from any place in the queue.
  /// - Returns: nil if the waiter is no longer in the queue.
  mutating func remove(_ id: WaiterID) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: id.number) else { return nil }
    ahead.add(waiter.expected, -1)
    aheadUnits -= waiter.share.units
    let (tier, name) = (waiter.tier, waiter.tenant)
    tiers[tier].count -= 1
    if var tenant = tiers[tier].tenants.removeValue(forKey: name) {
      tenant.live -= 1
      tenant.ahead.add(waiter.expected, -1)
      tenant.aheadUnits -= waiter.share.units
      tidy(&tenant.retries, live: tenant.live)
      tidy(&tenant.waiting, live: tenant.live)
      tidy(&tenant.returned, live: tenant.live)
      tiers[tier].tenants[name] = tenant
      if tenant.live == 0 { becameIdle(tier, weight: tenant.weight) }
    }
    if waiters.isEmpty {
      deadlines = Heap()
    } else if deadlines.count > 2 * waiters.count + staleMax {
      deadlines = Heap(deadlines.unordered.filter { waiters[$0.number] != nil })
    }
    return waiter
  }

  /// Drops the numbers of waiters that were removed: immediately at the front, elsewhere once they outnumber the others.
  private func tidy(_ row: inout Deque<UInt64>, live: Int) {
    while let first = row.first, waiters[first] == nil { row.removeFirst() }
    if row.count > 2 * live + staleMax { row = Deque(row.filter { waiters[$0] != nil }) }
  }

  private func tidy(_ heap: inout Heap<Returned>, live: Int) {
    while let first = heap.min, waiters[first.number] == nil { heap.removeMin() }
    if heap.count > 2 * live + staleMax { heap = Heap(heap.unordered.filter { waiters[$0.number] != nil }) }
  }

  /// A tenant of the tier has no more waiters.
  private mutating func becameIdle(_ tier: Int, weight: Double) {
    tiers[tier].active -= 1
    tiers[tier].activeWeight -= weight
    // So that no rounding outlives a lull.
    if tiers[tier].active == 0 { (tiers[tier].turns, tiers[tier].activeWeight) = (Heap(), 0) }
    if tiers[tier].tenants.count > tiers[tier].active + Self.idleMax { forgetIdle(tier) }
  }

  private mutating func forgetIdle(_ tier: Int) {
    tiers[tier].tenants = tiers[tier].tenants.filter { $0.value.live > 0 }
  }

  /// Counts the service that a tenant receives: a request's predicted cost at its admission, and later the final cost less the
  /// predicted.
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

extension Amounts {
  fileprivate mutating func add(_ other: Amounts, _ sign: Int64) {
    tokens &+= sign &* other.tokens
    inputTokens &+= sign &* other.inputTokens
    outputTokens &+= sign &* other.outputTokens
  }
}

/// The number of stale entries that a list with lazy deletion may always hold, so that short lists are not purged all the time.
private let staleMax = 64
