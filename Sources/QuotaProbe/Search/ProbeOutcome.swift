/// How a trial ended.
package enum ProbeOutcome: Sendable, Equatable {
  /// What a 429 names as its reason.
  package enum Throttle: String, Sendable {
    /// "Too many requests"
    case requests
    /// "Too many tokens"
    case tokens
    /// "Too many tokens per day"
    case tokensPerDay
    /// None of them.
    case unknown
  }

  /// Answered, with its final cost: input + cache write + burndown × output. Nil where the reply doesn't say.
  case accepted(quotaTokens: Int?)
  /// A 429 of a quota.
  case throttled(Throttle)
  /// A 503, a 500 or a model that isn't ready: the service had no capacity, which no quota changes.
  case capacity
  /// No access to the model, or no permission to invoke it: the same for every further trial.
  case denied(String)
  /// The service rejects such a request: the same for every further trial.
  case invalid(String)
  /// Sent, but no whole answer came: it may have counted.
  case lost
}
