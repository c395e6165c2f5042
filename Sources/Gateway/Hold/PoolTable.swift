/// The pools of a gateway and the names that lead to them, both bounded: names come from strangers.
struct PoolTable<Value: Sendable>: Sendable {
  struct Pool: Sendable {
    let key: PoolKey
    let value: Value
    /// The name that it was made for.
    let name: PoolName
    /// Whether its id is known: it has quotas, or the account lists it.
    let isKnown: Bool
    fileprivate var usedAt: UInt64
    fileprivate(set) var names: [PoolName]
  }

  /// The most pools.
  private let poolsMax: Int
  /// The most pools of ids that nobody knows, so that made-up ids never displace a model in use.
  private let unknownMax: Int
  /// The most names of one pool; the oldest are forgotten, and found again when they are used.
  private static var namesMax: Int { 64 }

  private var slots: [Pool?] = []
  private var places: [PoolName: Int] = [:]
  private var keys: [PoolKey: Int] = [:]
  private var uses: UInt64 = 0

  init(poolsMax: Int = 200) {
    self.poolsMax = max(poolsMax, 1)
    unknownMax = max(poolsMax / 4, 1)
  }

  var pools: [Pool] { slots.compactMap { $0 } }
  var names: Int { places.count }

  /// What was added for a name that was used before.
  mutating func value(of name: PoolName) -> Value? {
    guard let slot = places[name] else { return nil }
    return use(slot)
  }

  private mutating func use(_ slot: Int) -> Value? {
    uses &+= 1
    slots[slot]?.usedAt = uses
    return slots[slot]?.value
  }

  /// Leads a new name to a pool that there is.
  /// - Returns: nil if there is none for these quotas.
  mutating func join(_ name: PoolName, _ key: PoolKey) -> Value? {
    guard let slot = keys[key] else { return nil }
    note(name, slot)
    return use(slot)
  }

  private mutating func note(_ name: PoolName, _ slot: Int) {
    guard places.updateValue(slot, forKey: name) == nil else { return }
    slots[slot]?.names.append(name)
    if let pool = slots[slot], pool.names.count > Self.namesMax {
      places[pool.names[0]] = nil
      slots[slot]?.names.removeFirst()
    }
  }

  /// Whether there is room for a pool, or some pool can be given up for it.
  func hasRoom(isKnown: Bool, isIdle: (Value) -> Bool) -> Bool { place(isKnown: isKnown, isIdle) != nil }

  private enum Place { case free, instead(of: Int) }

  /// Unknown ids are given up first, then those that were used the longest ago; never one with requests.
  private func place(isKnown: Bool, _ isIdle: (Value) -> Bool) -> Place? {
    let unknown = slots.reduce(0) { $0 + ($1?.isKnown == false ? 1 : 0) }
    let isFull = keys.count >= poolsMax
    guard isFull || (!isKnown && unknown >= unknownMax) else { return .free }
    func oldest(_ isCandidate: (Pool) -> Bool) -> Int? {
      slots.indices.filter { slots[$0].map { isCandidate($0) && isIdle($0.value) } ?? false }
        .min { (slots[$0]?.usedAt ?? 0) < (slots[$1]?.usedAt ?? 0) }
    }
    let victim = oldest { !$0.isKnown } ?? (isKnown ? oldest { _ in true } : nil)
    return victim.map { .instead(of: $0) }
  }

  /// Adds a pool.
  /// - Returns: false if there is no room for it.
  @discardableResult
  mutating func insert(_ value: Value, for name: PoolName, _ key: PoolKey, isKnown: Bool, isIdle: (Value) -> Bool) -> Bool {
    guard let place = place(isKnown: isKnown, isIdle) else { return false }
    if case .instead(let slot) = place { remove(slot) }
    uses &+= 1
    let pool = Pool(key: key, value: value, name: name, isKnown: isKnown, usedAt: uses, names: [])
    let slot = slots.firstIndex { $0 == nil } ?? slots.count
    if slot == slots.count { slots.append(pool) } else { slots[slot] = pool }
    keys[key] = slot
    note(name, slot)
    return true
  }

  /// Forgets a pool; requests that have its client end with it.
  mutating func remove(_ key: PoolKey) { if let slot = keys[key] { remove(slot) } }

  private mutating func remove(_ slot: Int) {
    guard let pool = slots[slot] else { return }
    for name in pool.names { places[name] = nil }
    keys[pool.key] = nil
    slots[slot] = nil
  }
}
