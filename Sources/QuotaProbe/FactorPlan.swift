import BedrockQuotas

/// The plan of a probe for the factor of max_tokens: a dozen requests at most, and a prompt of some length in two of them.
struct FactorPlan {
  private typealias Numbers = Tuning.Factor

  private let burndown: Int
  /// The largest max_tokens of a trial, and the most input tokens of one.
  private let replyMax: Int
  private let inputMax: Int
  /// The most trials in flight at once.
  private let together: Int

  /// nil if the options ask for something else.
  init?(_ prior: ProbePrior, _ options: ProbeOptions) {
    guard let burndown = options.burndown else { return nil }
    self.burndown = burndown
    replyMax = options.replyTokensMax
    let together = prior.tokensPerMinute.map {
      Numbers.together(quota: $0, burndown: burndown, maxTokens: options.replyTokensMax)
    }
    self.together = together.flatMap { (1...Numbers.togetherMax).contains($0) ? $0 : nil } ?? 1
    inputMax = min(prior.tokensPerMinute.map { Int(saturating: $0) } ?? Numbers.inputMax, Numbers.inputMax)
  }

  /// It ends at the first long answer, which may run to its max_tokens, and so may those that are in flight with it.
  var most: ProbePlan.Amount {
    let words = Int64(Numbers.requestsMax * Numbers.keptMax(burndown)) + Int64(2 * Numbers.overrun * inputMax)
    return ProbePlan.Amount(
      requests: Numbers.requestsMax, tokens: words + Int64(together) * Int64(burndown) * Int64(replyMax), seconds: 900)
  }

  /// With short answers, and bounds of max_tokens where they are expected.
  var expected: ProbePlan.Amount {
    ProbePlan.Amount(
      requests: 9, tokens: Int64(9 * (16 + 4 * burndown) + inputMax / 3), seconds: 3 * Double(Numbers.rest) / 1e9 + 20)
  }

  func warnings(_ prior: ProbePrior) -> [String] {
    func tokens(_ count: Int) -> String { NumberText.grouped(count) }
    var lines = [
      "It waits a minute in silence before it measures and before it repeats what decides, because the quota must be full. Send nothing else to the model meanwhile: traffic of others makes the answer uncertain, and each request holds up to the whole quota while it runs.",
      "It asks for one word, so it should keep about \(tokens(Int(expected.tokens))) quota tokens. It ends at the first long answer; but that one\(together == 1 ? "" : ", and up to \(together) that are in flight at once,") may reach max_tokens of \(tokens(replyMax)), which count \(burndown) times.",
    ]
    if prior.isZero { lines.append("An applied quota is 0, so one request is sent to see whether that is enforced.") }
    if prior.tokensPerMinute == nil {
      lines.append("No quota of tokens per minute is known for this id, so the answer may stay open.")
    }
    return lines
  }
}
