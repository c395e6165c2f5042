import BedrockEmulator

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

  private let semantics: NaiveSemantics
  let input: Int64
  let output: Int64
  private var inputs: [Debit] = []
  private var outputs: [Debit] = []
  private var asked: UInt64 = 0

  init(semantics: QuotaSemantics, input: Int64, output: Int64, start: Double) {
    self.semantics = NaiveSemantics(semantics: semantics, start: start)
    self.input = input
    self.output = output
  }

  /// - Returns: the request, to end it with; nil for a 429.
  mutating func admits(_ tokens: Int64, at now: Int64, seed: UInt64) -> Int? {
    let shard = semantics.shard(of: asked, seed: seed)
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

  private func left(_ debits: [Debit], _ quota: Int64, _ now: Int64, _ shard: Int) -> Double {
    switch semantics.name {
    case "rolling60":
      Double(
        quota - debits.filter { now - $0.start < 60_000_000_000 }.reduce(0) { $0 + ($1.end == nil ? $1.reserved : $1.final) })
    case "fixed60":
      Double(
        quota
          - debits.filter { semantics.minute($0.start) == semantics.minute(now) }
          .reduce(0) { $0 + ($1.end == nil ? $1.reserved : $1.final) })
    default: bucket(debits.filter { $0.shard == shard }, quota, now)
    }
  }

  private func bucket(_ debits: [Debit], _ quota: Int64, _ now: Int64) -> Double {
    let isLate = semantics.name == "laggy"
    var changes: [NaiveSemantics.Change] = []
    for debit in debits {
      if !isLate { changes.append(.init(instant: debit.start, amount: -Double(debit.reserved))) }
      guard let end = debit.end else { continue }
      changes.append(.init(instant: end, amount: isLate ? -Double(debit.final) : Double(debit.reserved - debit.final)))
    }
    return semantics.bucket(of: quota, after: changes, at: now)
  }
}
