package import BedrockQuotas

/// What is expected of the quotas before anything is sent: only a guess, for the service may hold to others.
package struct ProbePrior: Sendable, Equatable {
  /// Per minute; nil where not known.
  package var requestsPerMinute: Double?
  package var tokensPerMinute: Double?

  package init(requestsPerMinute: Double? = nil, tokensPerMinute: Double? = nil) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
  }

  package init(_ resolution: Resolution) {
    self.init(requestsPerMinute: resolution.quota(.rpm)?.value, tokensPerMinute: resolution.quota(.tpm)?.value)
  }

  /// Requests of so many tokens per minute, and what binds them; nil where nothing is known.
  package func limit(tokens: Int) -> (requestsPerMinute: Double, measure: QuotaMeasure)? {
    let byTokens = tokensPerMinute.map { $0 / Double(max(tokens, 1)) }
    switch (requestsPerMinute, byTokens) {
    case (let requests?, let byTokens?): return requests <= byTokens ? (requests, .rpm) : (byTokens, .tpm)
    case (let requests?, nil): return (requests, .rpm)
    case (nil, let byTokens?): return (byTokens, .tpm)
    case (nil, nil): return nil
    }
  }

  /// Whether a quota is known to let nothing in.
  package var isZero: Bool { requestsPerMinute == 0 || tokensPerMinute == 0 }
}
