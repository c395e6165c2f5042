/// How often a request's `max_tokens` count in its reservation.
///
/// AWS's page counts them once. Users who met the limit saw the burndown counted too, and nobody has measured it, so a client can be
/// tested against both. What a finished request costs is the same either way.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html (once); github.com/anthropics/claude-code/issues/1293
/// (39,200 × 5 of 200,000 tokens per minute, 2025-06-06).
package enum ReservationFactor: String, Sendable, CaseIterable {
  case one = "1"
  case burndown

  /// The tokens that a request reserves for its reply.
  /// - Parameter burndown: of the model, in quota tokens per output token.
  package func tokens(maxTokens: Int, burndown: Int) -> Int {
    switch self {
    case .one: maxTokens
    case .burndown: maxTokens.multipliedReportingOverflow(by: burndown).overflow ? .max / 2 : maxTokens * burndown
    }
  }
}
