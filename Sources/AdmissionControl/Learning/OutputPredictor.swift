/// What requests of a kind cost beyond what is known before, on average, recent ones counting most.
///
/// A decaying mean per kind, drawn towards that of all kinds while a kind has few: weight n/(n + 20), decay 0.98 per reply. Only the
/// spacing of requests follows from it, and settlement corrects that, so a wrong mean costs a moment and no more.
struct OutputPredictor: Sendable {
  struct Mean: Sendable {
    private(set) var weight = 0.0
    private(set) var tokens = 0.0
    private(set) var input = 0.0
    private(set) var output = 0.0

    /// Keeps the means and not the sums, so that asking needs no division.
    @inline(__always)
    mutating func add(_ amounts: Amounts) {
      weight = weight * 0.98 + 1
      let share = 1 / weight
      tokens += (Double(amounts.tokens) - tokens) * share
      input += (Double(amounts.inputTokens) - input) * share
      output += (Double(amounts.outputTokens) - output) * share
    }

    func drawn(to other: Mean) -> Mean {
      let own = weight / (weight + 20)
      var mixed = self
      mixed.tokens = own * tokens + (1 - own) * other.tokens
      mixed.input = own * input + (1 - own) * other.input
      mixed.output = own * output + (1 - own) * other.output
      return mixed
    }
  }

  private static let kindsMax = 1_024
  private var all = Mean()
  private var kinds: [UInt64: Mean] = [:]

  /// - Parameter known: the part that needed no foretelling.
  @inline(__always)
  mutating func learn(_ final: Amounts, beyond known: Amounts, key: UInt64) {
    let beyond = Amounts(
      tokens: max(0, final.tokens &- known.tokens), inputTokens: max(0, final.inputTokens &- known.inputTokens),
      outputTokens: max(0, final.outputTokens &- known.outputTokens))
    all.add(beyond)
    if key != 0 { learnKind(beyond, key) }
  }

  @inline(never)
  private mutating func learnKind(_ beyond: Amounts, _ key: UInt64) {
    guard kinds[key] != nil || kinds.count < Self.kindsMax else { return }
    kinds[key, default: Mean()].add(beyond)
  }

  /// What a cost will settle to.
  @inline(__always)
  func predict(_ cost: Cost) -> Amounts {
    if let predicted = cost.predicted { return predicted }
    guard cost.key == 0, all.weight > 0 else { return predictKind(cost) }
    return Self.sum(cost.known, all)
  }

  @inline(never)
  private func predictKind(_ cost: Cost) -> Amounts {
    guard all.weight > 0 else {
      // Most callers allow several times what they get.
      func quarter(_ reserved: Int64, _ known: Int64) -> Int64 { known + max(0, reserved - known) / 4 }
      return Amounts(
        tokens: quarter(cost.reserved.tokens, cost.known.tokens),
        inputTokens: cost.known.inputTokens > 0 ? cost.known.inputTokens : cost.reserved.inputTokens,
        outputTokens: quarter(cost.reserved.outputTokens, cost.known.outputTokens))
    }
    return Self.sum(cost.known, kinds[cost.key]?.drawn(to: all) ?? all)
  }

  /// Neither is negative, and each is at most ``Amounts/max``.
  @inline(__always)
  private static func sum(_ known: Amounts, _ mean: Mean) -> Amounts {
    Amounts(
      tokens: min(known.tokens &+ Int64(mean.tokens), Amounts.max),
      inputTokens: min(known.inputTokens &+ Int64(mean.input), Amounts.max),
      outputTokens: min(known.outputTokens &+ Int64(mean.output), Amounts.max))
  }
}
