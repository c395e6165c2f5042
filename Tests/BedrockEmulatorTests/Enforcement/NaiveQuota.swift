import BedrockEmulator

/// What each semantics admits, by going through all that has happened, in order, at every question. Slow, and simple.
struct NaiveQuota {
  static let seed: UInt64 = 7

  private struct Request {
    var start: Int64
    var shard: Int
  }

  private let semantics: NaiveSemantics
  let load: QuotaSemanticsTests.Load
  private var admitted: [Request] = []
  private var asked: UInt64 = 0

  init(semantics: QuotaSemantics, load: QuotaSemanticsTests.Load, start: Double) {
    self.semantics = NaiveSemantics(semantics: semantics, start: start)
    self.load = load
  }

  mutating func admits(at now: Int64) -> Bool {
    let shard = semantics.shard(of: asked, seed: Self.seed)
    asked += 1
    let fits =
      switch semantics.name {
      case "rolling60": rolling(now) + load.reserved <= load.quota
      case "fixed60": fixed(now) + load.reserved <= load.quota
      case "laggy": bucket(now, shard) > 1e-6
      default: bucket(now, shard) >= Double(load.reserved) - 1e-6
      }
    if fits { admitted.append(Request(start: now, shard: shard)) }
    return fits
  }

  /// Each request of the last minute: with what it holds, or what it came to if it has ended.
  private func rolling(_ now: Int64) -> Int64 {
    admitted.filter { now - $0.start < 60_000_000_000 }.reduce(0) { $0 + amount($1, now) }
  }

  private func amount(_ request: Request, _ now: Int64) -> Int64 {
    request.start + load.duration <= now ? load.final : load.reserved
  }

  /// Each request of this minute of the clock; one that ended in a later minute than it began gave nothing back.
  private func fixed(_ now: Int64) -> Int64 {
    admitted.filter { semantics.minute($0.start) == semantics.minute(now) }.reduce(0) { $0 + amount($1, now) }
  }

  /// What is left in a bucket.
  private func bucket(_ now: Int64, _ shard: Int) -> Double {
    let isLate = semantics.name == "laggy"
    var changes: [NaiveSemantics.Change] = []
    for request in admitted where request.shard == shard {
      if !isLate { changes.append(.init(instant: request.start, amount: -Double(load.reserved))) }
      let end = request.start + load.duration
      guard end <= now else { continue }
      changes.append(.init(instant: end, amount: isLate ? -Double(load.final) : Double(load.reserved - load.final)))
    }
    return semantics.bucket(of: load.quota, after: changes, at: now)
  }
}
