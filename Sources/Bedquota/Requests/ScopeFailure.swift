import AWSWire
import AdmissionControl

/// What a failed attempt says of the scope that it was sent to, whatever the request: another scope may take the same request.
package enum ScopeFailure: Sendable, Equatable {
  /// It can't be reached, has no room, isn't ready or broke down.
  case unavailable(retryAfter: Duration?)
  /// Its tokens of the day are spent.
  case dayExhausted
  /// It doesn't know the model, or denies access to it.
  case denied
}

extension InvocationFailure {
  /// nil if the failure concerns the request alone, or if the attempt may be paid.
  var scopeFailure: ScopeFailure? {
    switch kind {
    case .throttled(.tokensPerDay): .dayExhausted
    case .capacity, .unreachable: .unavailable(retryAfter: retryAfter)
    case .invalid where endsRun || isAboutAccess: .denied
    case .throttled, .invalid, .modelFailed, .exhausted, .lost, .timedOut, .noReply, .cancelled: nil
    }
  }
}
