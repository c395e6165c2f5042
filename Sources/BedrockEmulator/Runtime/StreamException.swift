import AWSServer

/// An exception with which a stream ends in the middle, and the error that a reply in one piece gets in its place.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html and …_ResponseStream.html
struct StreamException {
  static let modelStreamError = "modelStreamErrorException"

  /// The name of the event, such as `throttlingException`.
  var name: String
  var message: String
  /// The error of an operation that doesn't stream.
  var reply: AWSFault

  /// How the invocation, which was accepted, counts in the metrics.
  var outcome: InvocationRecord.Outcome { (reply.status ?? 500) < 500 ? .clientError : .serverError }

  /// The event of an error; nil for errors that don't end streams.
  static func name(of error: RuntimeError) -> String? {
    switch error {
    case .modelError: modelStreamError
    case .throttling: "throttlingException"
    case .serviceUnavailable: "serviceUnavailableException"
    case .validation: "validationException"
    case .internalServer: "internalServerException"
    case .accessDenied, .conflict, .modelNotReady, .modelTimeout, .resourceNotFound, .serviceQuotaExceeded: nil
    }
  }

  /// The exception of an error; nil for errors that don't end streams.
  init?(_ error: RuntimeError, message: String? = nil) {
    guard let name = Self.name(of: error) else { return nil }
    reply = error.fault(message)
    self.name = name
    self.message = message ?? (error == .modelError ? Self.broken : reply.message)
  }

  private static let broken = "An error occurred while streaming the response. Retry your request."
}

extension FaultPlan.Fault {
  /// The exception with which the fault ends a stream; nil for faults that don't.
  var exception: StreamException? {
    switch self {
    case .cut: StreamException(.modelError)
    case .cutThrottling: StreamException(.throttling)
    case .cutUnavailable: StreamException(.serviceUnavailable)
    case .cutInternal: StreamException(.internalServer)
    default: nil
    }
  }
}
