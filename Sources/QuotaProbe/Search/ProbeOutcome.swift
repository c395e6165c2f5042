/// How a probing request ended.
package enum ProbeOutcome: Sendable, Equatable {
  /// The words of a 429.
  package enum Refusal: String, Sendable {
    /// "Too many requests"
    case requests
    /// "Too many tokens"
    case tokens
    /// "Too many tokens per day"
    case tokensPerDay
    /// Neither of them.
    case unknown
  }

  /// Answered; with what it counts against tokens per minute, input + cache write + burndown × output, where the reply says.
  case accepted(quotaTokens: Int?)
  /// A 429 of a quota.
  case throttled(Refusal)
  /// A 503, a 500 or a model that is not ready: the service had no room, and no quota has to do with it.
  case capacity
  /// No access to the model, or no right to invoke it: the same for every further request.
  case denied(String)
  /// The service doesn't take such a request: the same for every further one.
  case invalid(String)
  /// Sent, and no whole answer came: it may have counted.
  case lost
}
