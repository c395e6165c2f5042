/// What CloudWatch is told of one invocation, when it ends.
struct InvocationRecord: Sendable {
  enum Outcome: Sendable {
    case success
    /// 429 for a quota: neither an invocation nor an error.
    case throttled
    /// Refused before it was accepted: validation, access.
    case rejected
    /// Accepted, then failed on our side.
    case serverError
    /// Accepted, then failed on the client's side: it went away in the middle of a stream.
    case clientError
  }

  /// The value of the dimension `ModelId`: what was invoked.
  var modelID: String
  var outcome: Outcome
  /// How many invocations this stands for, alike in everything.
  var requests = 1
  var tokens = TokenCounts(input: 0, output: 0)
  /// input + cache write + burndown × output; nil where the request did not end well.
  var quotaTokens: Int?
  var latencyMilliseconds: Int?
  /// Of streams only.
  var firstTokenMilliseconds: Int?
}
