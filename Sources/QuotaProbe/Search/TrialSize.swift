import BedrockQuotas

/// The size of a trial, in terms from which a body for any model family can be made.
///
/// A request keeps its input for good, so a large input with a one-token answer uses a quota up; a large max_tokens with a
/// one-token answer only holds it while the request runs.
package struct TrialSize: Sendable, Equatable {
  /// Tokens of the prompt.
  package var inputTokens: Int
  /// The most that the reply may take, in tokens.
  package var maxTokens: Int
  /// The tokens that the prompt asks the reply to have.
  package var outputTokens: Int

  package init(inputTokens: Int, maxTokens: Int = 1, outputTokens: Int = 1) {
    self.inputTokens = inputTokens
    self.maxTokens = maxTokens
    self.outputTokens = outputTokens
  }

  /// A trial that uses up `tokens` quota tokens: one for the answer, the rest for input.
  init(tokens: Int) { self.init(inputTokens: max(tokens - 1, 1)) }

  /// Quota tokens that the trial reserves when it starts.
  package var reservation: Int { RequestCost.reservation(prompt: inputTokens, maxTokens: maxTokens) }
}

extension TrialSize {
  /// The first size, which suits the options and the expected quotas.
  static func first(_ options: ProbeOptions, _ prior: ProbePrior) -> TrialSize {
    if options.burndown != nil {
      return TrialSize(
        inputTokens: options.tokensPerRequestMin - 1, maxTokens: min(Tuning.Hold.openingReply, options.replyTokensMax))
    }
    if options.byReservation { return held(options, prior) }
    if options.measure == .rpm || options.measure == .concurrent { return TrialSize(tokens: options.tokensPerRequestMin) }
    guard options.measure == .tpm, let tpm = prior.tokensPerMinute else {
      return TrialSize(tokens: max(options.tokensPerRequest, options.tokensPerRequestMin))
    }
    typealias Numbers = Tuning.FirstSize
    // The size at which both quotas bind.
    let even = prior.requestsPerMinute.map { tpm / max($0, 1) } ?? tpm / Numbers.requestsPerMinute
    let size = max(
      min(even * Numbers.aboveEven, tpm / Numbers.perMinuteMin), even * Numbers.aboveEvenMin, tpm / Numbers.perMinuteMax,
      Double(options.tokensPerRequestMin))
    return TrialSize(tokens: Int(saturating: min(size, Double(options.tokensPerRequestMax))))
  }

  /// A short prompt with a max_tokens that reserves a small part of the quota.
  private static func held(_ options: ProbeOptions, _ prior: ProbePrior) -> TrialSize {
    let part = prior.tokensPerMinute.map { $0 / Tuning.Hold.parts } ?? Double(options.replyTokensMax)
    return TrialSize(
      inputTokens: options.tokensPerRequestMin - 1,
      maxTokens: Int(saturating: min(max(part, Tuning.Hold.replyMin), Double(options.replyTokensMax))))
  }
}
