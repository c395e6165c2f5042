import BedrockQuotas

extension ProbePlan.Amount {
  private typealias Numbers = Tuning.Plan

  /// The amounts that a probe is expected to send; nil if no quota is known.
  /// - Parameter concurrent: the applied quota of concurrent requests; nil if it isn't probed or isn't known.
  static func expected(_ options: ProbeOptions, _ prior: ProbePrior, size: TrialSize, concurrent: Double?) -> Self? {
    if let factor = FactorPlan(prior, options) { return factor.expected }
    if options.mode == .steps { return steps(options, size) }
    if options.measure == .concurrent { return concurrent.map { rounds(min(max($0, 0), Double(options.inFlightMax))) } }
    if options.byReservation { return HeldPlan(prior, options)?.amount }
    return prior.limit(tokens: size.reservation).map { search($0.requestsPerMinute, $0.measure, options, size) }
  }

  /// Estimates rounds that double each time, then four rounds a little above the quota.
  private static func rounds(_ quota: Double) -> Self {
    let requests = 2 * max(quota, Double(Tuning.Rounds.first)) + 4 * (1.25 * quota + 2)
    return Self(requests: Int(saturating: requests), tokens: Int64(saturating: requests * 16), seconds: Numbers.roundsSeconds)
  }

  private static func steps(_ options: ProbeOptions, _ size: TrialSize) -> Self {
    let batches = options.batchesMax
    let requests = options.requestsPerBatch * batches * (batches + 1) / 2 + 1
    let seconds = Double(batches) * (Numbers.batchSeconds + Double(options.delay) / 1e9)
    return Self(requests: requests, tokens: Int64(requests) * Int64(size.reservation), seconds: seconds)
  }

  /// Estimates a burst that empties a bucket of one minute and a plateau that keeps it empty for two minutes.
  private static func search(_ perMinute: Double, _ measure: QuotaMeasure, _ options: ProbeOptions, _ size: TrialSize) -> Self {
    let perSecond = perMinute / 60
    // This assumes a latency of one second.
    let offered = max(min(10 * perSecond, Tuning.inFlightShare * Double(options.inFlightMax)), 2 * perSecond, 2)
    let burstSeconds = perMinute / max(offered - perSecond, 1)
    let burst = burstSeconds * offered + Numbers.burstExtra
    let plateau = measure == .rpm ? Numbers.plateauMinutes * perMinute : Numbers.plateauTrials
    let plateauSize =
      measure == .rpm
      ? Double(options.tokensPerRequestMin) : Numbers.plateauTokenMinutes * perMinute * Double(size.reservation) / plateau
    return Self(
      requests: Int(saturating: min(burst + plateau, 1e12)),
      tokens: Int64(saturating: min(burst * Double(size.reservation) + plateau * plateauSize, 1e15)),
      seconds: burstSeconds + max(Numbers.plateauSeconds, Numbers.plateauSlowTrials / perSecond))
  }
}

/// The plan of a probe by reservation, which keeps the quota full for half a minute with answers of one word.
struct HeldPlan {
  private typealias Numbers = Tuning.Plan

  let amount: ProbePlan.Amount
  let warnings: [String]

  /// nil if the quota of tokens is not known.
  init?(_ prior: ProbePrior, _ options: ProbeOptions) {
    guard let tokensPerMinute = prior.tokensPerMinute else { return nil }
    var held = options
    held.byReservation = true
    let size = TrialSize.first(held, prior)
    // The number of trials in flight when the quota is full, and the number accepted in total.
    let inFlight = tokensPerMinute / (Tuning.Hold.sizeMean * Double(max(size.reservation, 1)))
    let accepted = inFlight * (1 + Numbers.heldSeconds / 120) / Numbers.wordSeconds * Numbers.heldSeconds
    amount = ProbePlan.Amount(
      requests: Int(saturating: min(Numbers.heldSent * accepted, 1e9)),
      tokens: Int64(saturating: min(accepted * Double(options.tokensPerRequestMin + Numbers.wordTokens), 1e15)),
      seconds: Numbers.heldSeconds + 2)
    var warnings: [String] = []
    if Numbers.heldSent * inFlight * 2 > Double(options.inFlightMax) {
      warnings.append("An answer can reserve so little of the quota that it will probably not be filled.")
    }
    if let requests = prior.requestsPerMinute, Double(amount.requests) > requests * (1 + Numbers.heldSeconds / 60) {
      warnings.append("Requests per minute will probably be throttled before tokens are.")
    }
    self.warnings = warnings
  }
}
