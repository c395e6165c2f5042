/// What a table keeps of a scope: docs/design/fleet.md, "DynamoDB".
///
/// A level isn't stored, since it rises by itself. Stored is what was taken less what was given back, and the level is the
/// refill since the epoch less that. So one addition books a request, whatever others do meanwhile.
package struct DynamoItem: Sendable, Equatable {
  /// What was taken of one limit.
  struct Taken: Sendable, Equatable {
    /// Reservations and final costs less the capacity at the beginning, in units.
    var level: Int128
    /// Predicted costs, in units.
    var pacer: Int128
  }

  /// When the item was made, in ms since 1970.
  package var epoch: Int64
  /// The version of the limits.
  package var version: Int64
  package var limits: [FleetLimit]
  var taken: [Taken]
  /// Bundles that were granted, ever.
  var grants: Int64 = 0
  /// Microseconds of the quota that were granted, ever.
  package var total: Int64 = 0
  /// The members that waited, and that were heard of, in each span of 30 s.
  var census = DynamoCensus()

  /// A scope that nobody knew: full, with an empty pacer. If the member knew it before, the level is what the member saw last,
  /// and what was booked ahead still stands before new bookings.
  /// - Parameters:
  ///   - lost: the item that was there before, as the member saw it.
  ///   - taken: what others are guessed to have taken of it since, in microseconds of the quota.
  init(_ request: SyncRequest, after lost: DynamoItem? = nil, taken guess: Int64 = 0, at now: Int64) {
    epoch = now
    version = request.version
    limits = request.meters.map(\.limit)
    taken = request.meters.map { meter in
      let capacity = meter.limit.capacity
      let isKnown = request.hintEpoch != 0 && meter.limit.kind != .concurrency
      return Taken(level: -Int128(isKnown ? meter.hintLevel.bounded(-2 * capacity, capacity) : capacity), pacer: 0)
    }
    guard let lost, lost.limits.map(\.kind) == limits.map(\.kind) else { return }
    for (index, limit) in limits.enumerated() where limit.kind == .minute && limit == lost.limits[index] {
      let pacer = lost.refill(index, at: now) - lost.taken[index].pacer - Int128(limit.rate) * Int128(guess) / 60_000_000
      taken[index].pacer = min(max(-pacer, 0), 2 * Int128(limit.rate))
    }
  }

  /// The refill of a limit since the epoch, in units; negative before it.
  static func refill(_ limit: FleetLimit, since epoch: Int64, at now: Int64) -> Int128 {
    guard limit.kind != .concurrency else { return 0 }
    let period = Int128(FleetBounds.ticks(of: limit.kind) * FleetBounds.millisecondsPerTick(of: limit.kind))
    let parts = Int128(limit.rate) * Int128(now - epoch)
    let (quotient, remainder) = parts.quotientAndRemainder(dividingBy: period)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The highest level, in units: the capacity less what is booked and not yet sent.
  ///
  /// The service doesn't know of bookings. While it is full, nothing comes back to it, so nothing may come back here.
  /// - Parameter ratio: what requests reserve, in thousandths of their predicted cost.
  static func top(_ limit: FleetLimit, pacer: Int128, ratio: Int64 = 1_000) -> Int128 {
    guard limit.kind == .minute else { return Int128(limit.capacity) }
    // What is to start later than the horizon has begun already, and is a large request that others wait for.
    let ahead = min(max(-pacer, 0), Int128(limit.rate) * Int128(DynamoTurn.horizon) / 60_000)
    return max(Int128(limit.capacity) - ahead * Int128(ratio) / 1_000, 0)
  }

  func refill(_ index: Int, at now: Int64) -> Int128 { Self.refill(limits[index], since: epoch, at: now) }

  /// The limits with what they have free, at most their capacities and bursts.
  func meters(at now: Int64) -> [FleetMeter] {
    limits.indices.map { index in
      let refill = refill(index, at: now)
      return FleetMeter(limits[index], level: refill - taken[index].level, pacer: refill - taken[index].pacer)
    }
  }

  /// What each limit has free, in units, less what must not come back while it is booked.
  package func levels(at now: Int64) -> [Int64] {
    meters(at: now).map { Int64(clamping: min(Int128($0.level), Self.top($0.limit, pacer: Int128($0.pacer)))) }
  }

  /// - Throws: ``FleetStoreError`` (`meters`) if the member has other meters than the scope.
  func check(_ request: SyncRequest) throws(FleetStoreError) {
    guard request.meters.count == limits.count else { throw .meters(limits.count) }
    guard zip(request.meters, limits).allSatisfy({ $0.limit.kind == $1.kind }) else { throw .meterKinds }
  }
}

extension FleetMeter {
  /// A meter as it is now, for reading.
  init(_ limit: FleetLimit, level: Int128, pacer: Int128) {
    self.init(limit, at: 0)
    self.level = Int64(clamping: min(max(level, Int128(FleetBounds.levelMin)), Int128(limit.capacity)))
    guard limit.kind == .minute else { return }
    self.pacer = Int64(clamping: min(max(pacer, Int128(FleetBounds.levelMin)), Int128(limit.burst)))
  }
}
