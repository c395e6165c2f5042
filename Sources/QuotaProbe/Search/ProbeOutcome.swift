/// How a trial ended.
package enum ProbeOutcome: Sendable, Equatable {
  /// The reason that a 429 names.
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

  /// Answered, with its final cost (input + cache write + burndown × output); nil if the reply doesn't report it.
  case accepted(quotaTokens: Int?)
  /// A 429 of a quota.
  case throttled(Throttle)
  /// A 503, a 500 or a model that isn't ready: the service had no capacity, independently of any quota.
  case capacity
  /// No access to the model, or no permission to invoke it: the same for every further trial.
  case denied(String)
  /// The service rejects such a request: the same for every further trial.
  case invalid(String)
  /// Sent, but without a complete answer. It may have counted against the quota.
  case lost
}
