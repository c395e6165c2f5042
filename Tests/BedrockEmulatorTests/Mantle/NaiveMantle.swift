import BedrockEmulator
import Foundation

/// What bedrock-mantle's two meters of a model have left, by going through all that has happened at every question. Slow, and simple.
struct NaiveMantle {
  /// Some tokens of a meter, by when and how long they count.
  private struct Debit {
    var start: Int64
    var shard: Int
    var reserved: Int64
    /// nil until it ends.
    var end: Int64?
    var final: Int64
  }

  let semantics: QuotaSemantics
  let input: Int64
  let output: Int64
  /// Seconds since 1970 at instant 0.
  let start: Double
  private var inputs: [Debit] = []
  private var outputs: [Debit] = []
  private var asked: UInt64 = 0

  init(semantics: QuotaSemantics, input: Int64, output: Int64, start: Double) {
    self.semantics = semantics
    self.input = input
    self.output = output
    self.start = start
  }

  /// - Returns: the request, to end it with; nil for a 429.
  mutating func admits(_ tokens: Int64, at now: Int64, seed: UInt64) -> Int? {
    let shard = Int(Self.lot(seed &+ asked) % UInt64(semantics.shards))
    asked += 1
    let left = left(inputs, input, now, shard)
    guard semantics.name == "laggy" ? left > 1e-6 : left >= Double(tokens) - 1e-6 else { return nil }
    inputs.append(Debit(start: now, shard: shard, reserved: tokens, end: nil, final: 0))
    return inputs.count - 1
  }

  /// How many of some output tokens a request gets.
  func room(for tokens: Int64, of request: Int, at now: Int64) -> Int64 {
    let left = left(outputs, output, now, inputs[request].shard)
    if semantics.name == "laggy" { return left > 1e-6 ? tokens : 0 }
    return min(tokens, max(Int64((left + 1e-6).rounded(.down)), 0))
  }

  mutating func generates(_ tokens: Int64, of request: Int, at now: Int64) {
    guard tokens > 0 else { return }
    outputs.append(Debit(start: now, shard: inputs[request].shard, reserved: tokens, end: now, final: tokens))
  }

  mutating func ends(_ request: Int, with final: Int64, at now: Int64) {
    inputs[request].end = now
    inputs[request].final = final
  }

  /// SplitMix64, as the enforcer casts lots.
  private static func lot(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private func left(_ debits: [Debit], _ quota: Int64, _ now: Int64, _ shard: Int) -> Double {
    switch semantics.name {
    case "rolling60":
      Double(
        quota - debits.filter { now - $0.start < 60_000_000_000 }.reduce(0) { $0 + ($1.end == nil ? $1.reserved : $1.final) })
    case "fixed60":
      Double(
        quota - debits.filter { minute($0.start) == minute(now) }.reduce(0) { $0 + ($1.end == nil ? $1.reserved : $1.final) })
    default: bucket(debits.filter { $0.shard == shard }, quota, now)
    }
  }

  private func minute(_ instant: Int64) -> Int64 { (Int64(start) * 1_000_000_000 + instant) / 60_000_000_000 }

  /// What is left in a bucket, filled and emptied from the first request on.
  private func bucket(_ debits: [Debit], _ quota: Int64, _ now: Int64) -> Double {
    let rate = Double(quota) / Double(semantics.shards)
    let capacity: Double =
      switch semantics.name {
      case "bucket5": rate / 12
      case "bucket2": rate / 30
      default: rate
      }
    let isLate = semantics.name == "laggy"
    var changes: [(instant: Int64, order: Int, amount: Double)] = []
    for (order, debit) in debits.enumerated() {
      if !isLate { changes.append((debit.start, order, -Double(debit.reserved))) }
      if let end = debit.end {
        changes.append((end, order, isLate ? -Double(debit.final) : Double(debit.reserved - debit.final)))
      }
    }
    changes.sort { ($0.instant, $0.order) < ($1.instant, $1.order) }
    changes.append((now, .max, 0))
    var (level, time) = (capacity, Int64(0))
    for change in changes {
      level = min(level + rate * (refill(change.instant) - refill(time)) / 60, capacity)
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
