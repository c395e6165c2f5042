/// Predicts a request's cost beyond its known part from the average of earlier requests, of which recent ones count most.
///
/// Each kind of request has a decaying mean, which is drawn towards the mean of all kinds while the kind has few replies. A
/// prediction only spaces requests, and settlement corrects it, so the effect of a wrong one is short.
struct OutputPredictor: Sendable {
  struct Mean: Sendable {
    /// The factor by which each reply reduces the weight of earlier ones: about 50 replies are remembered.
    private static let decay = 0.98
    /// A kind with this many replies counts as much as all kinds together.
    private static let drawnWeight = 20.0

    private(set) var weight = 0.0
    private(set) var tokens = 0.0
    private(set) var input = 0.0
    private(set) var output = 0.0

    /// Updates means instead of sums, so that a prediction needs no division.
    @inline(__always)
    mutating func add(_ amounts: Amounts) {
      weight = weight * Self.decay + 1
      let share = 1 / weight
      tokens += (Double(amounts.tokens) - tokens) * share
      input += (Double(amounts.inputTokens) - input) * share
      output += (Double(amounts.outputTokens) - output) * share
    }

    func drawn(to other: Mean) -> Mean {
      let own = weight / (weight + Self.drawnWeight)
      var mixed = self
      mixed.tokens = own * tokens + (1 - own) * other.tokens
      mixed.input = own * input + (1 - own) * other.input
      mixed.output = own * output + (1 - own) * other.output
      return mixed
    }
  }

  /// The most kinds that have means of their own. All other kinds share the mean of all.
  private static let kindsMax = 1_024
  /// Until the first reply, a request is predicted to use a quarter of the output that it allows, because most callers allow
  /// several times the output that they get.
  private static let firstDivisor: Int64 = 4

  private var all = Mean()
  private var kinds: [UInt64: Mean] = [:]

  /// - Parameters:
  ///   - final: the final cost of a request.
  ///   - known: the part of the cost that was known before the request was sent.
  ///   - key: the request's kind; 0: none.
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

  /// The expected final cost.
  @inline(__always)
  func predict(_ cost: Cost) -> Amounts {
    if let predicted = cost.predicted { return predicted }
    guard cost.key == 0, all.weight > 0 else { return predictKind(cost) }
    return Self.sum(cost.charged, all)
  }

  @inline(never)
  private func predictKind(_ cost: Cost) -> Amounts {
    let known = cost.charged
    guard all.weight > 0 else {
      func part(_ reserved: Int64, _ known: Int64) -> Int64 { known + max(0, reserved - known) / Self.firstDivisor }
      return Amounts(
        tokens: part(cost.reserved.tokens - min(cost.cached, cost.known.tokens), known.tokens),
        inputTokens: cost.known.inputTokens > 0 ? known.inputTokens : cost.reserved.inputTokens,
        outputTokens: part(cost.reserved.outputTokens, known.outputTokens))
    }
    return Self.sum(known, kinds[cost.key]?.drawn(to: all) ?? all)
  }

  /// Both terms are 0 to ``Amounts/tokensMax``.
  @inline(__always)
  private static func sum(_ known: Amounts, _ mean: Mean) -> Amounts {
    Amounts(
      tokens: min(known.tokens &+ Int64(mean.tokens), Amounts.tokensMax),
      inputTokens: min(known.inputTokens &+ Int64(mean.input), Amounts.tokensMax),
      outputTokens: min(known.outputTokens &+ Int64(mean.output), Amounts.tokensMax))
  }
}
