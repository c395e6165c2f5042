import DequeModule
import HeapModule

/// Who waits, and who is next: tiers by weight, tenants of a tier by weight, and within a tenant first come, first served.
///
/// Fairness is by counters of what each was served, divided by its weight: the lowest is next ("Fairness in Serving Large Language
/// Models", Sheng et al., OSDI 2024). Who comes back from idle starts level with the lowest of those that wait.
struct WaitQueue: Sendable {
  private struct Tenant: Sendable {
    var weight: Double
    var served = 0.0
    /// Refused by the server before, and now before the others.
    var again = Deque<UInt64>()
    var waiting = Deque<UInt64>()
    /// Of both, those that have not been cancelled.
    var live = 0
    /// When it last began to wait, counted from the first: of tenants served alike, who came first is first.
    var rank: UInt64 = 0
    var share: Double { served / weight }
  }

  /// Where a tenant stood in its tier at some time.
  private struct Turn: Comparable, Sendable {
    var share: Double
    var rank: UInt64
    var name: UInt32
    static func < (a: Turn, b: Turn) -> Bool { (a.share, a.rank) < (b.share, b.rank) }
  }

  private struct Tier: Sendable {
    var weight: Double
    var served = 0.0
    /// What the tenant in front had been served when it last was: where newcomers begin when nobody waits.
    var clock = 0.0
    var count = 0
    var tenants: [UInt32: Tenant] = [:]
    /// How many tenants wait.
    var active = 0
    /// Their turns, and some that are out of date: those go when they come to the front, or are most of all.
    var turns = Heap<Turn>()

    mutating func note(_ name: UInt32, _ tenant: Tenant) {
      turns.insert(Turn(share: tenant.share, rank: tenant.rank, name: name))
      if turns.count > 2 * active + 64 { turns = Heap(turns.unordered.filter(isTrue)) }
    }

    func isTrue(_ turn: Turn) -> Bool {
      guard let tenant = tenants[turn.name] else { return false }
      return tenant.live > 0 && tenant.rank == turn.rank && tenant.share == turn.share
    }

    /// Who was served least of those that wait.
    mutating func first() -> Turn? {
      while let turn = turns.min {
        if isTrue(turn) { return turn }
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

  /// Idle tenants that are remembered.
  private static let idleMax = 1_024

  private var tiers: [Tier]
  private let tenantWeights: [UInt32: Double]
  private var waiters: [UInt64: Waiter] = [:]
  private var deadlines = Heap<Deadline>()
  private var lastNumber: UInt64 = 0
  /// The same of the tiers.
  private var clock = 0.0
  /// What those that wait will cost together.
  private(set) var ahead = Amounts.zero

  init(tierWeights: [Double], tenantWeights: [UInt32: Double]) {
    func sound(_ weight: Double) -> Double { weight.isFinite && weight > 0 ? min(max(weight, 1e-6), 1e6) : 1 }
    let weights = tierWeights.isEmpty ? [1] : tierWeights.prefix(64).map { $0 }
    tiers = weights.map { Tier(weight: sound($0)) }
    self.tenantWeights = tenantWeights.mapValues(sound)
  }

  var count: Int { waiters.count }
  var isEmpty: Bool { waiters.isEmpty }
  func tier(of priority: Int) -> Int { min(max(priority, 0), tiers.count - 1) }
  subscript(id: WaiterID) -> Waiter? { waiters[id.number] }

  /// How much goes before the next of a tier, at most: all that waits, or what its share allows if that is less.
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
    if isRetry { tenant.again.append(number) } else { tenant.waiting.append(number) }
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

  /// Whose turn it is; nil where nobody waits.
  mutating func head() -> WaiterID? {
    guard !waiters.isEmpty else { return nil }
    let tier = tiers.indices.filter { tiers[$0].count > 0 }.min {
      tiers[$0].served / tiers[$0].weight < tiers[$1].served / tiers[$1].weight
    }
    guard let tier, let turn = tiers[tier].first() else { return nil }
    clock = max(clock, tiers[tier].served / tiers[tier].weight)
    tiers[tier].clock = max(tiers[tier].clock, turn.share)
    let tenant = tiers[tier].tenants[turn.name]!
    return (tenant.again.first ?? tenant.waiting.first).map(WaiterID.init(number:))
  }

  /// Takes one out, wherever it stands.
  mutating func remove(_ id: WaiterID) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: id.number) else { return nil }
    add(waiter.predicted, -1)
    let (tier, name) = (waiter.tier, waiter.tenant)
    tiers[tier].count -= 1
    tiers[tier].tenants[name]!.live -= 1
    tidy(tier, name)
    if tiers[tier].tenants[name]!.live == 0 {
      tiers[tier].active -= 1
      if tiers[tier].active == 0 { tiers[tier].turns = Heap() }
      if tiers[tier].tenants.count > tiers[tier].active + Self.idleMax { forgetIdle(tier) }
    }
    if waiters.isEmpty {
      deadlines = Heap()
    } else if deadlines.count > 2 * waiters.count + 64 {
      deadlines = Heap(deadlines.unordered.filter { waiters[$0.number] != nil })
    }
    return waiter
  }

  /// Drops those that have gone: in front at once, further back when they are most of the row.
  private mutating func tidy(_ tier: Int, _ name: UInt32) {
    var tenant = tiers[tier].tenants.removeValue(forKey: name)!
    tidy(&tenant.again, live: tenant.live)
    tidy(&tenant.waiting, live: tenant.live)
    tiers[tier].tenants[name] = tenant
  }

  private func tidy(_ row: inout Deque<UInt64>, live: Int) {
    while let first = row.first, waiters[first] == nil { row.removeFirst() }
    if row.count > 2 * live + 64 { row = Deque(row.filter { waiters[$0] != nil }) }
  }

  private mutating func forgetIdle(_ tier: Int) {
    tiers[tier].tenants = tiers[tier].tenants.filter { $0.value.live > 0 }
  }

  /// What a tenant was served: a grant, or later the difference between it and what it cost.
  mutating func charge(_ units: Int64, tier: Int, tenant: UInt32) {
    tiers[tier].served = max(0, tiers[tier].served + Double(units))
    guard var state = tiers[tier].tenants[tenant] else { return }
    state.served = max(0, state.served + Double(units))
    tiers[tier].tenants[tenant] = state
    if state.live > 0 { tiers[tier].note(tenant, state) }
  }

  /// The earliest deadline of those that wait.
  mutating func earliestDeadline() -> (id: WaiterID, at: Int64)? {
    while let first = deadlines.min {
      if waiters[first.number] != nil { return (WaiterID(number: first.number), first.at) }
      deadlines.removeMin()
    }
    return nil
  }
}
