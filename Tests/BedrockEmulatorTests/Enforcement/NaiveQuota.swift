import BedrockEmulator
import Foundation

/// What each semantics admits, by going through all that has happened, in order, at every question. Slow, and simple.
struct NaiveQuota {
  static let seed: UInt64 = 7

  private struct Request {
    var start: Int64
    var shard: Int
  }

  let semantics: QuotaSemantics
  let load: QuotaSemanticsTests.Load
  /// Seconds since 1970 at instant 0.
  let start: Double
  private var admitted: [Request] = []
  private var asked: UInt64 = 0

  init(semantics: QuotaSemantics, load: QuotaSemanticsTests.Load, start: Double) {
    self.semantics = semantics
    self.load = load
    self.start = start
  }

  mutating func admits(at now: Int64) -> Bool {
    let shard = Int(Self.lot(Self.seed &+ asked) % UInt64(semantics.shards))
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

  /// SplitMix64, as the enforcer casts lots.
  private static func lot(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Each request of the last minute: with what it holds, or what it came to if it has ended.
  private func rolling(_ now: Int64) -> Int64 {
    admitted.filter { now - $0.start < 60_000_000_000 }.reduce(0) { $0 + amount($1, now) }
  }

  private func amount(_ request: Request, _ now: Int64) -> Int64 {
    request.start + load.duration <= now ? load.final : load.reserved
  }

  private func minute(_ instant: Int64) -> Int64 { (Int64(start) * 1_000_000_000 + instant) / 60_000_000_000 }

  /// Each request of this minute of the clock; one that ended in a later minute than it began gave nothing back.
  private func fixed(_ now: Int64) -> Int64 {
    admitted.filter { minute($0.start) == minute(now) }.reduce(0) { $0 + amount($1, now) }
  }

  /// What is left in a bucket, filled and emptied from the first request on.
  private func bucket(_ now: Int64, _ shard: Int) -> Double {
    let quota = Double(load.quota) / Double(semantics.shards)
    let capacity: Double =
      switch semantics.name {
      case "bucket5": quota / 12
      case "bucket2": quota / 30
      default: quota
      }
    let isLate = semantics.name == "laggy"
    var changes: [(instant: Int64, amount: Double)] = []
    for request in admitted where request.shard == shard {
      if !isLate { changes.append((request.start, -Double(load.reserved))) }
      let end = request.start + load.duration
      if end <= now { changes.append((end, isLate ? -Double(load.final) : Double(load.reserved - load.final))) }
    }
    changes.sort { $0.instant < $1.instant }
    changes.append((now, 0))
    var (level, time) = (capacity, Int64(0))
    for change in changes {
      level = min(level + quota * (refill(change.instant) - refill(time)) / 60, capacity)
      level = min(level + change.amount, capacity)
      time = change.instant
    }
    return level
  }

  /// Seconds of the plain rate that have come by an instant.
  private func refill(_ instant: Int64) -> Double {
    let seconds = Double(instant) / 1e9
    guard semantics.name == "soft" else { return seconds }
    return seconds + 0.2 * 600 / (2 * .pi) * (1 - cos(2 * .pi * seconds / 600))
  }
}
