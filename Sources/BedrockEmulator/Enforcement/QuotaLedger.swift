/// The meters of one Region, and which of them a request must pass: decides, and keeps the books. Pure; see ``QuotaEnforcer``.
package struct QuotaLedger: Sendable {
  package enum Measure: String, Sendable {
    case rpm, tpm, tpd, concurrent
  }

  /// One quota that is enforced.
  struct Meter: Sendable {
    let code: String
    let name: String
    let measure: Measure
    /// How many times the quota's value counts: 2 for a day's tokens "doubled for cross-region calls".
    let factor: Int64
    var quota: Int64
    var windows: [QuotaWindow]
    var inFlight = 0
  }

  /// What a request holds until it is settled.
  package struct Lease: Sendable {
    struct Part: Sendable {
      var meter: Int
      var shard: Int
      var entry: QuotaWindow.Entry
      /// Requests, or tokens.
      var held: Int64
    }
    var parts: [Part]
    /// The how-manieth request that was admitted to its pool, from 0.
    var ordinal: UInt64
    /// How often the ledger had been reset by then.
    var epoch: Int
  }

  package enum Decision: Sendable {
    case admitted(Lease)
    /// By which measure, and, where waits are announced, in how many nanoseconds the request would find room if nobody else came.
    case throttled(Measure, wait: Int64)
  }

  /// The meters that one kind of invocation passes.
  struct Pool: Sendable {
    var meters: [Int]
    var admitted: UInt64 = 0
  }

  let semantics: QuotaSemantics
  let origin: Int64
  private let seed: UInt64
  private let announcesWaits: Bool
  private(set) var meters: [Meter] = []
  private(set) var pools: [Pool] = []
  private var meterByKey: [String: Int] = [:]
  private var routed: UInt64 = 0
  private var epoch = 0

  package init(semantics: QuotaSemantics, seed: UInt64, origin: Int64, announcesWaits: Bool) {
    self.announcesWaits = announcesWaits
    self.semantics = semantics
    self.seed = seed
    self.origin = origin
  }

  /// A meter of this quota; the same one each time, for all ids that the quota binds.
  package mutating func meter(code: String, name: String, measure: Measure, value: Double, factor: Int64, at now: Int64) -> Int {
    let key = "\(code)×\(factor)"
    if let known = meterByKey[key] { return known }
    let quota = Self.whole(value) * factor
    meters.append(
      Meter(
        code: code, name: name, measure: measure, factor: factor, quota: quota, windows: windows(measure, quota: quota, at: now)))
    meterByKey[key] = meters.count - 1
    return meters.count - 1
  }

  private static func whole(_ value: Double) -> Int64 {
    value.isNaN ? 0 : Int64(min(max(value, 0), Double(QuotaWindow.amountMax)))
  }

  private func windows(_ measure: Measure, quota: Int64, at now: Int64) -> [QuotaWindow] {
    let isDay = measure == .tpd
    let window = QuotaWindow(
      quota: quota, semantics: isDay ? .day : semantics, period: isDay ? 86_400_000_000_000 : 60_000_000_000, origin: origin,
      at: now)
    return Array(repeating: window, count: isDay || measure == .concurrent ? 1 : semantics.shards)
  }

  package mutating func addPool(_ meters: [Int]) -> Int {
    // The day's limit speaks first: an account whose quotas are all 0 hears of nothing else (reference: bedrock.md §5).
    let order: [Measure] = [.tpd, .rpm, .tpm, .concurrent]
    pools.append(
      Pool(
        meters: meters.sorted { order.firstIndex(of: self.meters[$0].measure)! < order.firstIndex(of: self.meters[$1].measure)! })
    )
    return pools.count - 1
  }

  /// Lets a request in where every meter of the pool holds what it needs, and debits all of them; else none.
  /// - Parameter tokens: input, cached or not, and max_tokens.
  package mutating func reserve(pool: Int, tokens: Int64, at now: Int64) -> Decision {
    let shard = nextShard()
    for index in pools[pool].meters where !holds(index, shard: shard, tokens: tokens, at: now) {
      return refuse(meter: index, pool: pool, shard: shard, tokens: tokens, at: now)
    }
    defer { pools[pool].admitted += 1 }
    return .admitted(debit(pool, shard: shard, tokens: tokens, at: now))
  }

  private mutating func refuse(meter index: Int, pool: Int, shard: Int, tokens: Int64, at now: Int64) -> Decision {
    let measure = meters[index].measure
    // Users of accounts without any quota report this text, whichever quota it is.
    if pools[pool].meters.allSatisfy({ meters[$0].quota == 0 || meters[$0].measure == .tpd }), meters[index].quota == 0 {
      return .throttled(.tpd, wait: 86_400_000_000_000)
    }
    guard announcesWaits, measure != .concurrent else { return .throttled(measure, wait: 0) }
    let window = meters[index].windows.count > shard ? shard : 0
    return .throttled(measure, wait: meters[index].windows[window].wait(for: measure == .rpm ? 1 : tokens, at: now))
  }

  /// Requests of others: they take what they take, into debt if they must, and are over at once.
  /// - Parameter isOld: only the day's windows still know of it.
  mutating func take(pool: Int, requests: Int64, tokens: Int64, isOld: Bool, at now: Int64) {
    let shard = nextShard()
    for index in pools[pool].meters where meters[index].measure != .concurrent {
      if isOld, meters[index].measure != .tpd { continue }
      let amount = meters[index].measure == .rpm ? requests : tokens
      let window = meters[index].windows.count > shard ? shard : 0
      let entry = meters[index].windows[window].debit(amount, at: now)
      meters[index].windows[window].settle(entry, from: amount, to: amount, at: now)
    }
  }

  private mutating func nextShard() -> Int {
    defer { routed += 1 }
    return Int(SplitMix64.mix(seed &+ routed) % UInt64(semantics.shards))
  }

  private mutating func debit(_ pool: Int, shard: Int, tokens: Int64, at now: Int64) -> Lease {
    var parts: [Lease.Part] = []
    parts.reserveCapacity(pools[pool].meters.count)
    for index in pools[pool].meters { parts.append(debit(meter: index, shard: shard, tokens: tokens, at: now)) }
    return Lease(parts: parts, ordinal: pools[pool].admitted, epoch: epoch)
  }

  private mutating func holds(_ index: Int, shard: Int, tokens: Int64, at now: Int64) -> Bool {
    switch meters[index].measure {
    case .concurrent: meters[index].inFlight < meters[index].quota
    case .rpm: meters[index].windows[shard].holds(1, at: now)
    case .tpm: meters[index].windows[shard].holds(tokens, at: now)
    case .tpd: meters[index].windows[0].holds(tokens, at: now)
    }
  }

  private mutating func debit(meter index: Int, shard: Int, tokens: Int64, at now: Int64) -> Lease.Part {
    meters[index].inFlight += 1
    let shard = meters[index].windows.count > shard ? shard : 0
    let amount = meters[index].measure == .rpm ? 1 : meters[index].measure == .concurrent ? 0 : tokens
    let entry = amount == 0 ? .none : meters[index].windows[shard].debit(amount, at: now)
    return Lease.Part(meter: index, shard: shard, entry: entry, held: amount)
  }

  /// While a reply streams: what the request holds follows what it has used.
  package mutating func adjust(_ lease: inout Lease, tokens: Int64, at now: Int64) {
    guard lease.epoch == epoch else { return }
    for index in lease.parts.indices {
      let part = lease.parts[index]
      guard meters[part.meter].measure == .tpm || meters[part.meter].measure == .tpd, part.held != tokens else { continue }
      meters[part.meter].windows[part.shard].adjust(part.entry, from: part.held, to: tokens, at: now)
      lease.parts[index].held = tokens
    }
  }

  /// The end of a request: the tokens that it cost are kept, the rest goes back.
  package mutating func settle(_ lease: Lease, tokens: Int64, at now: Int64) {
    for part in lease.parts {
      meters[part.meter].inFlight -= 1
      let measure = meters[part.meter].measure
      guard measure != .concurrent, lease.epoch == epoch else { continue }
      meters[part.meter].windows[part.shard].settle(
        part.entry, from: part.held, to: measure == .rpm ? 1 : tokens, at: now)
    }
  }

  /// Another value for a quota.
  package mutating func setQuota(code: String, value: Double, at now: Int64) {
    for index in meters.indices where meters[index].code == code {
      let quota = Self.whole(value) * meters[index].factor
      meters[index].quota = quota
      for shard in meters[index].windows.indices { meters[index].windows[shard].setQuota(quota, at: now) }
    }
  }

  /// What is left of a meter, all shards together.
  package mutating func available(meter index: Int, at now: Int64) -> Double {
    guard meters[index].measure != .concurrent else { return Double(meters[index].quota - Int64(meters[index].inFlight)) }
    return meters[index].windows.indices.reduce(0.0) { $0 + meters[index].windows[$1].available(at: now) }
  }

  /// Full again, as at the start; requests under way settle into nothing.
  package mutating func reset(at now: Int64) {
    for index in meters.indices {
      meters[index].windows = windows(meters[index].measure, quota: meters[index].quota, at: now)
    }
    for index in pools.indices { pools[index].admitted = 0 }
    routed = 0
    epoch += 1
  }
}
