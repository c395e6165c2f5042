import AWSClient
import AWSWire
import AdmissionControl
import QuotaProbe

extension ProbeOutcome {
  /// How a trial ended that failed.
  init(_ error: any Error) {
    switch InvocationFailure(error) {
    case .throttled(.requests): self = .throttled(.requests)
    case .throttled(.tokens): self = .throttled(.tokens)
    case .throttled(.tokensPerDay): self = .throttled(.tokensPerDay)
    case .throttled(.unknown): self = .throttled(.unknown)
    case .capacity: self = .capacity
    case .lost: self = .lost
    case .permanent:
      if error is CancellationError {
        self = .lost
      } else if let error = error as? AWSClientError {
        self = error.service?.status == 403 ? .denied(error.message) : .invalid(error.message)
      } else {
        self = .invalid("\(error)")
      }
    }
  }
}
