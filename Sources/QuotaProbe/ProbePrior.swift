package import BedrockQuotas

/// The quotas expected before anything is sent. They are only a guess, because the service may enforce others.
package struct ProbePrior: Sendable, Equatable {
  /// nil if not known.
  package var requestsPerMinute: Double?
  /// nil if not known.
  package var tokensPerMinute: Double?

  package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
  }

  package init(_ resolution: Resolution) {
    func expected(_ measure: QuotaMeasure) -> Double? {
      resolution.effectiveValue(measure).map { min(max($0, 0), Self.quotaMax) }
    }
    self.init(requestsPerMinute: expected(.rpm), tokensPerMinute: expected(.tpm))
  }

  /// The largest quota that a plan is made for.
  private static let quotaMax = 1e12

  /// The expected limit on trials of `tokens` quota tokens, in trials per minute, and the measure that binds them; nil if no
  /// quota is known.
  package func limit(tokens: Int) -> (requestsPerMinute: Double, measure: QuotaMeasure)? {
    let byTokens = tokensPerMinute.map { $0 / Double(max(tokens, 1)) }
    switch (requestsPerMinute, byTokens) {
    case (let requests?, let byTokens?): return requests <= byTokens ? (requests, .rpm) : (byTokens, .tpm)
    case (let requests?, nil): return (requests, .rpm)
    case (nil, let byTokens?): return (byTokens, .tpm)
    case (nil, nil): return nil
    }
  }

  /// Whether a quota is known to admit nothing.
  package var isZero: Bool { requestsPerMinute == 0 || tokensPerMinute == 0 }
}
