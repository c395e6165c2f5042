/// How often max_tokens count in a reservation, and the trials that show it.
package struct ProbeFactor: Sendable, Equatable, Encodable {
  /// Identical trials, and how many of them passed.
  package struct Trial: Sendable, Equatable, Encodable {
    package var kind: ProbeStep.Kind
    /// Estimated tokens of the prompt.
    package var inputTokens: Int
    package var maxTokens: Int
    /// The number of trials in flight at once.
    package var together: Int
    package var accepted: Int
  }

  /// 1 or ``burndown``; nil if it could not be told.
  package var factor: Int?
  /// Quota tokens for each output token in the end.
  package var burndown: Int
  /// The most max_tokens that passed with a short prompt, and the fewest that were throttled; nil if none was.
  package var passedMaxTokens: Int?
  package var throttledMaxTokens: Int?
  /// In the order in which they were sent.
  package var trials: [Trial]
}

extension ProbeSearch {
  /// What is known of the factor; nil if it isn't asked for, or nothing was sent to find it.
  package var factor: ProbeFactor? {
    guard let burndown = options.burndown, case .factor(let search) = phase else { return nil }
    return ProbeFactor(
      factor: search.factor, burndown: burndown, passedMaxTokens: search.passed, throttledMaxTokens: search.throttled,
      trials: search.evidence)
  }
}
