/// The meters of bedrock-mantle in one Region: for each model, one of input and one of output. It is pure: ``MantleEnforcer`` has the
/// lock and the clock.
///
/// | quota per minute | at the start | while output is generated | at the end |
/// |---|---|---|---|
/// | input | input that isn't cached + max_tokens, or 429 | – | what max_tokens is above the output comes back |
/// | output | – | output, as long as there is some left; then the reply ends | – |
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/quotas-mantle.html, "How requests are evaluated against quotas".
package struct MantleLedger: Sendable {
  /// An enforced quota of tokens per minute.
  package struct Quota: Sendable {
    package var code: String
    package var name: String
    package var value: Double

    package init(code: String, name: String, value: Double) {
      self.code = code
      self.name = name
      self.value = value
    }
  }

  package enum Side: String, Sendable {
    case input = "input-tpm"
    case output = "output-tpm"
  }

  struct Meter: Sendable {
    let code: String
    let name: String
    let side: Side
    var quota: Int64
    /// One for each shard.
    var windows: [QuotaWindow]
    var inFlight = 0
  }

  /// What a request holds, until it is settled.
  package struct Lease: Sendable {
    fileprivate(set) var input: Int?
    fileprivate(set) var output: Int?
    fileprivate var entry: QuotaWindow.Entry
    /// The reserved tokens of input and output.
    fileprivate var held: Int64
    fileprivate var shard: Int
    /// Zero-based position of the request among those that its pool admitted.
    package fileprivate(set) var ordinal: UInt64
    /// The number of resets before the reservation.
    fileprivate var epoch: Int
  }

  package enum Decision: Sendable {
    case admitted(Lease)
    /// If waits are announced, with the nanoseconds until it would be admitted without other requests.
    case throttled(wait: Int64)
  }

  /// The meters of a model; nil for a quota that AWS doesn't publish, which limits nothing.
  private struct Pool: Sendable {
    var input: Int?
    var output: Int?
    var admitted: UInt64 = 0
  }

  private let semantics: QuotaSemantics
  private let origin: Int64
  private let seed: UInt64
  private let announcesWaits: Bool
  private(set) var meters: [Meter] = []
  private var pools: [Pool] = []
  private var routed: UInt64 = 0
  private var epoch = 0

  package init(semantics: QuotaSemantics, seed: UInt64, origin: Int64, announcesWaits: Bool) {
    self.semantics = semantics
    self.seed = seed
    self.origin = origin
    self.announcesWaits = announcesWaits
  }

  /// Makes the pool of a model. Models with the same quota share its meter.
  package mutating func addPool(input: Quota?, output: Quota?, at now: Int64) -> Int {
    pools.append(
      Pool(input: input.map { meter($0, .input, at: now) }, output: output.map { meter($0, .output, at: now) }))
    return pools.count - 1
  }

  private mutating func meter(_ quota: Quota, _ side: Side, at now: Int64) -> Int {
    if let known = meters.firstIndex(where: { $0.code == quota.code }) { return known }
    let value = QuotaWindow.whole(quota.value)
    meters.append(
      Meter(code: quota.code, name: quota.name, side: side, quota: value, windows: windows(value, at: now)))
    return meters.count - 1
  }

  private func windows(_ quota: Int64, at now: Int64) -> [QuotaWindow] {
    let window = QuotaWindow(quota: quota, semantics: semantics, period: 60_000_000_000, origin: origin, at: now)
    return Array(repeating: window, count: semantics.shards)
  }

  /// Admits a request if its model's quota of input has enough.
  /// - Parameter tokens: the input that isn't cached, and max_tokens.
  package mutating func reserve(pool: Int, tokens: Int64, at now: Int64) -> Decision {
    let shard = Int(SplitMix64.mix(seed &+ routed) % UInt64(semantics.shards))
    routed += 1
    var entry = QuotaWindow.Entry.none
    if let input = pools[pool].input {
      guard meters[input].windows[shard].holds(tokens, at: now) else {
        return .throttled(wait: announcesWaits ? meters[input].windows[shard].wait(for: tokens, at: now) : 0)
      }
      entry = meters[input].windows[shard].debit(tokens, at: now)
    }
    let lease = Lease(
      input: pools[pool].input, output: pools[pool].output, entry: entry, held: tokens, shard: shard,
      ordinal: pools[pool].admitted, epoch: epoch)
    for index in [lease.input, lease.output].compactMap(\.self) { meters[index].inFlight += 1 }
    pools[pool].admitted += 1
    return .admitted(lease)
  }

  /// Takes output tokens while they are generated.
  /// - Returns: how many of them the quota of output has; all, if there is none.
  package mutating func generate(_ tokens: Int64, _ lease: Lease, at now: Int64) -> Int64 {
    guard let output = lease.output, lease.epoch == epoch, tokens > 0 else { return tokens }
    let granted = min(tokens, meters[output].windows[lease.shard].room(at: now))
    guard granted > 0 else { return 0 }
    let entry = meters[output].windows[lease.shard].debit(granted, at: now)
    meters[output].windows[lease.shard].settle(entry, from: granted, to: granted, at: now)
    return granted
  }

  /// Ends a request: its final tokens replace its reservation. What it generated stays taken.
  /// - Parameter tokens: the input that wasn't cached, and the output.
  package mutating func settle(_ lease: Lease, tokens: Int64, at now: Int64) {
    for index in [lease.input, lease.output].compactMap(\.self) { meters[index].inFlight -= 1 }
    guard let input = lease.input, lease.epoch == epoch else { return }
    meters[input].windows[lease.shard].settle(lease.entry, from: lease.held, to: tokens, at: now)
  }

  /// Changes the value of a quota.
  package mutating func setQuota(code: String, value: Double, at now: Int64) {
    for index in meters.indices where meters[index].code == code {
      let quota = QuotaWindow.whole(value)
      meters[index].quota = quota
      for shard in meters[index].windows.indices { meters[index].windows[shard].setQuota(quota, at: now) }
    }
  }

  /// The level of a meter, over all shards.
  package mutating func available(meter index: Int, at now: Int64) -> Double {
    meters[index].windows.indices.reduce(0.0) { $0 + meters[index].windows[$1].available(at: now) }
  }

  /// Fills all meters. Requests in flight settle without effect.
  package mutating func reset(at now: Int64) {
    for index in meters.indices { meters[index].windows = windows(meters[index].quota, at: now) }
    for index in pools.indices { pools[index].admitted = 0 }
    routed = 0
    epoch += 1
  }
}
