import BedrockEmulator
import Foundation

/// How a semantics counts, by going through all that has happened. The oracles share it; nothing of the emulator's code is in it.
struct NaiveSemantics {
  /// What is debited (below 0) or comes back at an instant.
  struct Change {
    var instant: Int64
    var amount: Double
  }

  let semantics: QuotaSemantics
  /// Seconds since 1970 at instant 0.
  let start: Double

  var name: String { semantics.name }

  /// The shard of a request, cast by SplitMix64 as the enforcer does.
  func shard(of ordinal: UInt64, seed: UInt64) -> Int {
    var z = seed &+ ordinal &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(semantics.shards))
  }

  /// The minute of the clock.
  func minute(_ instant: Int64) -> Int64 { (Int64(start) * 1_000_000_000 + instant) / 60_000_000_000 }

  /// What is left in a shard's bucket, filled and emptied from instant 0 on.
  /// - Parameter changes: in any order of their instants; those of one instant take effect in their order here.
  func bucket(of quota: Int64, after changes: [Change], at now: Int64) -> Double {
    let rate = Double(quota) / Double(semantics.shards)
    let capacity: Double =
      switch name {
      case "bucket5": rate / 12
      case "bucket2": rate / 30
      default: rate
      }
    let ordered = changes.enumerated().sorted { ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset) }
    var (level, time) = (capacity, Int64(0))
    for change in ordered.map(\.element) + [Change(instant: now, amount: 0)] {
      level = min(level + rate * (refill(change.instant) - refill(time)) / 60, capacity)
      level = min(level + change.amount, capacity)
      time = change.instant
    }
    return level
  }

  /// Seconds of the plain rate that have come by an instant.
  private func refill(_ instant: Int64) -> Double {
    let seconds = Double(instant) / 1e9
    guard name == "soft" else { return seconds }
    return seconds + 0.2 * 600 / (2 * .pi) * (1 - cos(2 * .pi * seconds / 600))
  }
}
