package import BedrockQuotas

/// What is expected of the quotas before anything is sent: only a guess, for the service may enforce others.
package struct ProbePrior: Sendable, Equatable {
  /// nil where not known.
  package var requestsPerMinute: Double?
  /// nil where not known.
  package var tokensPerMinute: Double?

  package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
  }

  package init(_ resolution: Resolution) {
    self.init(requestsPerMinute: resolution.quota(.rpm)?.value, tokensPerMinute: resolution.quota(.tpm)?.value)
  }

  /// Trials of `tokens` quota tokens per minute, and the measure that binds them; nil where nothing is known.
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
