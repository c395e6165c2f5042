package import AWSServer

/// The errors of Bedrock's data plane, with AWS's status and wording.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and …_InvokeModel.html, "Errors"
package enum RuntimeError: String, Sendable, CaseIterable {
  case accessDenied = "AccessDeniedException"
  case conflict = "ConflictException"
  case internalServer = "InternalServerException"
  case modelError = "ModelErrorException"
  case modelNotReady = "ModelNotReadyException"
  case modelTimeout = "ModelTimeoutException"
  case resourceNotFound = "ResourceNotFoundException"
  case serviceQuotaExceeded = "ServiceQuotaExceededException"
  case serviceUnavailable = "ServiceUnavailableException"
  case throttling = "ThrottlingException"
  case validation = "ValidationException"

  /// - Parameter message: instead of AWS's.
  package func fault(_ message: String? = nil) -> AWSFault {
    AWSFault(code: rawValue, message: message ?? usual.message, status: usual.status)
  }

  /// Whether the request is turned away before a model sees it, and takes nothing of the quotas.
  var isRefusal: Bool {
    switch self {
    case .accessDenied, .conflict, .resourceNotFound, .serviceQuotaExceeded, .throttling, .validation: true
    case .internalServer, .modelError, .modelNotReady, .modelTimeout, .serviceUnavailable: false
    }
  }

  private var usual: (status: Int, message: String) {
    switch self {
    case .accessDenied: (403, "You don't have access to the model with the specified model ID.")
    case .conflict: (400, "Error occurred because of a conflict while performing an operation.")
    case .internalServer: (500, "The system encountered an unexpected error during processing. Try your request again.")
    case .modelError: (424, "The request failed due to an error while processing the model.")
    case .modelNotReady: (429, "Model is not ready for inference. Wait and try your request again.")
    case .modelTimeout: (408, "Model has timed out in processing the request. Try your request again.")
    case .resourceNotFound: (404, "The specified resource ARN was not found. Check the ARN and try your request again.")
    case .serviceQuotaExceeded: (400, "Your request exceeds the service quota for your account.")
    case .serviceUnavailable: (503, "Too many connections, please wait before trying again.")
    case .throttling: (429, "Too many requests, please wait before trying again.")
    case .validation: (400, "The input fails to satisfy the constraints specified by Amazon Bedrock.")
    }
  }
}
