/// An invocation that has ended, for the metrics.
struct InvocationRecord: Sendable {
  enum Outcome: Sendable {
    case success
    /// Throttled for a quota: neither an invocation nor an error.
    case throttled
    /// Refused before it was accepted, because it is invalid or access is denied.
    case rejected
    /// Accepted, then failed in the service.
    case serverError
    /// Accepted, then ended by a disconnect of the client or by an injected error with a 4xx status.
    case clientError
  }

  /// The value of the dimension `ModelId`, which is the invoked id.
  var modelID: String
  var outcome: Outcome
  /// The number of equal invocations that the record represents.
  var requests = 1
  var tokens = TokenCounts(input: 0, output: 0)
  /// The final cost in quota tokens; nil unless the invocation succeeded.
  var quotaTokens: Int?
  var latencyMilliseconds: Int?
  /// Set for streams only.
  var firstTokenMilliseconds: Int?
  /// nil if the request names no service tier.
  var tier: ServiceTierUse?
}
