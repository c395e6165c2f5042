import AWSClient
import AWSWire
import AdmissionControl
import QuotaProbe

extension ProbeOutcome {
  /// The outcome of a trial that failed.
  init(_ error: any Error) {
    switch InvocationFailure(error).kind {
    case .throttled(let reason):
      switch reason.kind {
      case .requests: self = .throttled(.requests)
      case .tokens, .inputTokens: self = .throttled(.tokens)
      case .tokensPerDay: self = .throttled(.tokensPerDay)
      case .unknown: self = .throttled(.unknown)
      }
    case .capacity, .modelFailed, .exhausted: self = .capacity
    case .lost, .timedOut, .noReply, .unreachable, .cancelled: self = .lost
    case .invalid:
      let failure = error as? AWSClientError
      let message = failure?.message ?? "\(error)"
      self = failure?.service?.status == 403 ? .denied(message) : .invalid(message)
    }
  }
}
