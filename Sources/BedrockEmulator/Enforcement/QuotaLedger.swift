/// The meters of one Region and the decisions of admission. It is pure: ``QuotaEnforcer`` has the lock and the clock.
package struct QuotaLedger: Sendable {
  package enum Measure: String, Sendable {
    case rpm, tpm, tpd, concurrent
  }

  /// An enforced quota.
  struct Meter: Sendable {
    let code: String
    let name: String
    let measure: Measure
    /// The multiple of the quota's value: 2 for tokens per day "doubled for cross-region calls".
    let factor: Int64
    var quota: Int64
    var windows: [QuotaWindow]
    var inFlight = 0
  }

  /// The reservation of a request, until it is settled.
  package struct Lease: Sendable {
    struct Part: Sendable {
      var meter: Int
      var shard: Int
      var entry: QuotaWindow.Entry
      /// The reserved requests or tokens.
      var held: Int64
    }
    var parts: [Part]
    /// Zero-based position of the request among those that its pool admitted.
    var ordinal: UInt64
    /// The number of resets before the reservation.
    var epoch: Int

    /// A lease that holds nothing, of a request that something else than the quotas admitted.
    static func none(ordinal: UInt64) -> Lease { Lease(parts: [], ordinal: ordinal, epoch: 0) }
  }

  package enum Decision: Sendable {
    case admitted(Lease)
    /// The measure that throttled it and, if waits are announced, nanoseconds until it would be admitted without other requests.
    case throttled(Measure, wait: Int64)
  }

  /// The meters that apply to one kind of invocation.
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

  /// The meter of a quota. All ids that the quota applies to share it.
  package mutating func meter(code: String, name: String, measure: Measure, value: Double, factor: Int64, at now: Int64) -> Int {
    let key = "\(code)×\(factor)"
    if let known = meterByKey[key] { return known }
    let quota = QuotaWindow.whole(value) * factor
    meters.append(
      Meter(
        code: code, name: name, measure: measure, factor: factor, quota: quota, windows: windows(measure, quota: quota, at: now)))
    meterByKey[key] = meters.count - 1
    return meters.count - 1
  }

  private func windows(_ measure: Measure, quota: Int64, at now: Int64) -> [QuotaWindow] {
    let isDay = measure == .tpd
    let window = QuotaWindow(
      quota: quota, semantics: isDay ? .day : semantics, period: isDay ? 86_400_000_000_000 : 60_000_000_000, origin: origin,
      at: now)
    return Array(repeating: window, count: isDay || measure == .concurrent ? 1 : semantics.shards)
  }

  package mutating func addPool(_ meters: [Int]) -> Int {
    // Tokens per day come first: accounts whose quotas are all 0 report only that error.
    let order: [Measure] = [.tpd, .rpm, .tpm, .concurrent]
    pools.append(
      Pool(
        meters: meters.sorted { order.firstIndex(of: self.meters[$0].measure)! < order.firstIndex(of: self.meters[$1].measure)! })
    )
    return pools.count - 1
  }

  /// Admits a request and debits all meters of the pool if each of them has enough, and otherwise debits none.
  /// - Parameter tokens: input, cached or not, plus max_tokens.
  package mutating func reserve(pool: Int, tokens: Int64, at now: Int64) -> Decision {
    let shard = nextShard()
    for index in pools[pool].meters where !holds(index, shard: shard, tokens: tokens, at: now) {
      return throttle(meter: index, pool: pool, shard: shard, tokens: tokens, at: now)
    }
    defer { pools[pool].admitted += 1 }
    return .admitted(debit(pool, shard: shard, tokens: tokens, at: now))
  }

  private mutating func throttle(meter index: Int, pool: Int, shard: Int, tokens: Int64, at now: Int64) -> Decision {
    let measure = meters[index].measure
    // Accounts whose quotas are all 0 report tokens per day, whichever quota throttled.
    if pools[pool].meters.allSatisfy({ meters[$0].quota == 0 || meters[$0].measure == .tpd }), meters[index].quota == 0 {
      return .throttled(.tpd, wait: 86_400_000_000_000)
    }
    guard announcesWaits else { return .throttled(measure, wait: 0) }
    // The first meter names the error, but only the longest wait brings the request through.
    var wait: Int64 = 0
    for index in pools[pool].meters where !holds(index, shard: shard, tokens: tokens, at: now) {
      // Nobody knows when a request in flight ends.
      guard meters[index].measure != .concurrent else { continue }
      let window = meters[index].windows.count > shard ? shard : 0
      wait = max(wait, meters[index].windows[window].wait(for: meters[index].measure == .rpm ? 1 : tokens, at: now))
    }
    return .throttled(measure, wait: wait)
  }

  /// Debits foreign requests, into debt if needed. These requests end immediately.
  /// - Parameter isOld: whether it counts only in the windows of a day.
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

  /// Changes the tokens that a request in flight has reserved.
  package mutating func adjust(_ lease: inout Lease, tokens: Int64, at now: Int64) {
    guard lease.epoch == epoch else { return }
    for index in lease.parts.indices {
      let part = lease.parts[index]
      guard meters[part.meter].measure == .tpm || meters[part.meter].measure == .tpd, part.held != tokens else { continue }
      meters[part.meter].windows[part.shard].adjust(part.entry, from: part.held, to: tokens, at: now)
      lease.parts[index].held = tokens
    }
  }

  /// Settles a request: its final cost replaces its reservation.
  package mutating func settle(_ lease: Lease, tokens: Int64, at now: Int64) {
    for part in lease.parts {
      meters[part.meter].inFlight -= 1
      let measure = meters[part.meter].measure
      guard measure != .concurrent, lease.epoch == epoch else { continue }
      meters[part.meter].windows[part.shard].settle(
        part.entry, from: part.held, to: measure == .rpm ? 1 : tokens, at: now)
    }
  }

  /// Changes the value of a quota.
  package mutating func setQuota(code: String, value: Double, at now: Int64) {
    for index in meters.indices where meters[index].code == code {
      let quota = QuotaWindow.whole(value) * meters[index].factor
      meters[index].quota = quota
      for shard in meters[index].windows.indices { meters[index].windows[shard].setQuota(quota, at: now) }
    }
  }

  /// The level of a meter, over all shards.
  package mutating func available(meter index: Int, at now: Int64) -> Double {
    guard meters[index].measure != .concurrent else { return Double(meters[index].quota - Int64(meters[index].inFlight)) }
    return meters[index].windows.indices.reduce(0.0) { $0 + meters[index].windows[$1].available(at: now) }
  }

  /// Fills all meters. Requests in flight settle without effect.
  package mutating func reset(at now: Int64) {
    for index in meters.indices {
      meters[index].windows = windows(meters[index].measure, quota: meters[index].quota, at: now)
    }
    for index in pools.indices { pools[index].admitted = 0 }
    routed = 0
    epoch += 1
  }
}
