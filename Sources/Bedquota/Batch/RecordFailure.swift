import AWSWire
import AdmissionControl

/// Why a record has no reply, as the output tells it.
struct RecordFailure: Sendable, Equatable {
  /// An HTTP status code: the service's own, or the one that fits.
  var code: Int
  var message: String

  init(code: Int, message: String) { (self.code, self.message) = (code, message) }

  /// A line that holds no request.
  init(problem: String) { self.init(code: 400, message: problem) }

  init(_ error: any Error) {
    switch error {
    case let error as AWSClientError:
      if let service = error.service {
        // Our own sentence names the code, if there is one.
        guard !service.message.isEmpty, !error.explains else {
          self.init(code: service.status, message: error.message)
          return
        }
        let code = service.code == "Unknown" ? "HTTP \(service.status)" : service.code
        self.init(code: service.status, message: "\(code): \(service.message)")
      } else {
        self.init(code: error.code == .timeout ? 408 : error.code == .transport ? 503 : 500, message: error.message)
      }
    case let refusal as Refusal:
      let isTooLarge = refusal.code == .neverFits || refusal.code == .invalidCost
      self.init(code: isTooLarge ? 400 : 429, message: refusal.message)
    case let error as BedquotaError: self.init(code: 400, message: error.message)
    default: self.init(code: 500, message: "\(type(of: error))")
    }
  }
}
