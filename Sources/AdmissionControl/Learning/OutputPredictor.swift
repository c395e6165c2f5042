/// What requests of a kind cost beyond what is known before, on average, recent ones counting most.
///
/// A decaying mean per kind, drawn towards that of all kinds while a kind has few: weight n/(n + 20), decay 0.98 per reply. Only the
/// spacing of requests follows from it, and settlement corrects that, so a wrong mean costs a moment and no more.
struct OutputPredictor: Sendable {
  struct Mean: Sendable {
    private(set) var weight = 0.0
    private var tokens = 0.0
    private var input = 0.0
    private var output = 0.0

    mutating func add(_ amounts: Amounts) {
      weight = weight * 0.98 + 1
      tokens = tokens * 0.98 + Double(amounts.tokens)
      input = input * 0.98 + Double(amounts.inputTokens)
      output = output * 0.98 + Double(amounts.outputTokens)
    }

    func value(shrunkTo other: Mean?) -> (tokens: Double, input: Double, output: Double)? {
      guard weight > 0 else { return other?.value(shrunkTo: nil) }
      guard let other, other.weight > 0 else { return (tokens / weight, input / weight, output / weight) }
      let own = weight / (weight + 20)
      func mix(_ mine: Double, _ all: Double) -> Double { own * mine / weight + (1 - own) * all / other.weight }
      return (mix(tokens, other.tokens), mix(input, other.input), mix(output, other.output))
    }
  }

  private static let kindsMax = 1_024
  private var all = Mean()
  private var kinds: [UInt64: Mean] = [:]

  mutating func learn(_ beyond: Amounts, key: UInt64) {
    all.add(beyond)
    guard key != 0, kinds[key] != nil || kinds.count < Self.kindsMax else { return }
    kinds[key, default: Mean()].add(beyond)
  }

  /// What a cost will settle to.
  func predict(_ cost: Cost) -> Amounts {
    if let predicted = cost.predicted { return predicted }
    let mean = cost.key == 0 ? all.value(shrunkTo: nil) : (kinds[cost.key] ?? Mean()).value(shrunkTo: all)
    guard let mean else {
      // Most callers allow several times what they get.
      func quarter(_ reserved: Int64, _ known: Int64) -> Int64 { known + max(0, reserved - known) / 4 }
      return Amounts(
        tokens: quarter(cost.reserved.tokens, cost.known.tokens),
        inputTokens: cost.known.inputTokens > 0 ? cost.known.inputTokens : cost.reserved.inputTokens,
        outputTokens: quarter(cost.reserved.outputTokens, cost.known.outputTokens))
    }
    return Amounts(
      tokens: cost.known.tokens + Int64(mean.tokens), inputTokens: cost.known.inputTokens + Int64(mean.input),
      outputTokens: cost.known.outputTokens + Int64(mean.output)
    ).clamped
  }
}
