package import BedrockQuotas

extension ProbePlan.Amount {
  private typealias Numbers = Tuning.Bound

  /// What a probe of the given mode may send before it gives up; nil if no quota is known.
  ///
  /// The bound is a multiple of the expected amounts, because the service may enforce more than the applied value, and because
  /// answers decide how many trials a search needs. It holds, because the search takes it as its caps.
  /// - Parameter concurrent: the applied quota of concurrent requests; nil if it isn't probed or isn't known.
  static func bound(_ options: ProbeOptions, _ prior: ProbePrior, concurrent: Double?) -> Self? {
    if let factor = FactorPlan(prior, options) { return factor.most }
    let size = TrialSize.first(options, prior)
    guard let expected = expected(options, prior, size: size, concurrent: concurrent) else { return nil }
    switch options.mode {
    case .steps: return expected.raised(by: 1, tokens: Numbers.estimate, size)
    case .search where options.measure == .concurrent: return expected.raised(by: Numbers.rounds, tokens: Numbers.estimate, size)
    case .search where options.byReservation: return expected.raised(by: Numbers.held, tokens: 1, size)
    case .search: return expected.raised(by: Numbers.use, tokens: 1, size)
    }
  }

  /// - Parameters:
  ///   - factor: multiplies all trials.
  ///   - tokens: multiplies the tokens of a trial.
  private func raised(by factor: Double, tokens: Double, _ size: TrialSize) -> Self {
    let perRequest = Double(self.tokens) / Double(max(requests, 1))
    let all = Double(requests) * factor + Double(Numbers.opening)
    let spent = Double(self.tokens) * factor * tokens + Double(Numbers.opening) * max(perRequest, Double(size.inputTokens + 1))
    return Self(requests: Int(min(all, 1e12)), tokens: Int64(min(spent, 1e15)), seconds: seconds * factor)
  }
}

extension ProbeOptions {
  /// The options with caps no higher than what a probe of this mode may need, so that a plan promises what the search keeps.
  /// - Parameters:
  ///   - resolution: of the id to be probed.
  ///   - requests: false: the caller has chosen ``requestsMax``, which stays.
  ///   - tokens: false: the caller has chosen ``tokensMax``, which stays.
  package func bounded(_ resolution: Resolution, requests: Bool = true, tokens: Bool = true) -> ProbeOptions {
    let concurrent = measure == .concurrent ? resolution.quota(.concurrent)?.value : nil
    return bounded(ProbePrior(resolution), concurrent: concurrent, requests: requests, tokens: tokens)
  }

  package func bounded(_ prior: ProbePrior, concurrent: Double?, requests: Bool = true, tokens: Bool = true) -> ProbeOptions {
    guard let bound = ProbePlan.Amount.bound(self, prior, concurrent: concurrent) else { return self }
    var bounded = self
    if requests {
      bounded.requestsMax = min(requestsMax, bound.requests)
      bounded.requestsAreBounded = true
    }
    if tokens {
      bounded.tokensMax = min(tokensMax, bound.tokens)
      bounded.tokensAreBounded = true
    }
    return bounded
  }
}
